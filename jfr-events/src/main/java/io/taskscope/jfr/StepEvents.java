// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.ParkReason;
import io.taskscope.Task;
import io.taskscope.hook.AttachmentKey;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes steps and waits. All of it may run in the middle of a thread switch: no lock, no class
 * loading, no thread-local. Therefore {@link #warmUp}, and no {@code switch} over an enum, which
 * would load a class.
 */
final class StepEvents {
  /** Where a task keeps what one call has to remember for the next. */
  private static final AttachmentKey<State> STATE = AttachmentKey.of("taskscope.jfr.steps");

  private static final TaskStepEvent STEP = new TaskStepEvent();
  private static final TaskParkEvent PARK = new TaskParkEvent();
  private static final TaskMonitorWaitEvent MONITOR_WAIT = new TaskMonitorWaitEvent();

  private static final String END = "end";

  static final DeferredEvents DEFERRED = new DeferredEvents();

  /** Used by the task's own steps only, one after the other. */
  private static final class State {
    long step;
    long queued; // before this step
    long queuedAfterPark;
    boolean parking;

    // Events to be used again, as long as none is handed over; null while in use.
    @Nullable TaskStepEvent spareStep;
    @Nullable TaskParkEvent sparePark;
    @Nullable TaskMonitorWaitEvent spareWait;

    void started(long queuedNanos) {
      step++;
      queued = queuedNanos;
      queuedAfterPark = parking ? queuedNanos : 0;
      parking = false;
    }

    void ended(boolean parks) {
      step = Math.max(1, step); // it may have begun before anyone wanted to know
      parking = parks;
    }
  }

  private StepEvents() {}

  /** Whether this JVM lets them be written; where not, they are not, rather than wrongly. */
  static final boolean SUPPORTED =
      TaskStepEvent.TIMES.areSettable()
          && TaskParkEvent.TIMES.areSettable()
          && TaskMonitorWaitEvent.TIMES.areSettable();

  static boolean anyEnabled() {
    return SUPPORTED && (STEP.isEnabled() || PARK.isEnabled() || MONITOR_WAIT.isEnabled());
  }

  /** Loads and links all that is used below, on an ordinary thread. */
  static void warmUp() {
    DeferredEvents unused = new DeferredEvents();
    State state = new State();
    for (int i = 0; i < 2; i++) { // with and without events to use again
      state.started(0);
      step(unused, state, 0, "", 0, END);
      monitorWait(unused, state, 0, "", 0, END);
      TaskParkEvent park = new TaskParkEvent();
      TaskParkEvent.TIMES.set(park, 0, 0);
    }
    unused.offer(STEP);
  }

  /** See {@link io.taskscope.hook.StepHook#stepStarted}. */
  static void stepStarted(Task<?> task, long queuedNanos) {
    State state = task.attachment(STATE);
    if (state == null) {
      if (!anyEnabled()) {
        return;
      }
      state = new State();
      task.attach(STATE, state);
    }
    state.started(queuedNanos);
  }

  /** See {@link io.taskscope.hook.StepHook#stepEnded}. */
  static void stepEnded(Task<?> task, long runNanos, @Nullable ParkReason reason) {
    State state = task.attachment(STATE);
    if (state == null) {
      return; // it began when nobody wanted to know
    }
    state.ended(reason != null && reason != ParkReason.YIELD);
    if (SUPPORTED && STEP.isEnabled()) {
      String why = reason == null ? END : reason.label();
      step(DEFERRED, state, task.id(), task.scope().path(), runNanos, why);
    }
  }

  /** See {@link io.taskscope.hook.StepHook#parkEnded}. */
  static void parkEnded(Task<?> task, long parkedNanos, ParkReason reason) {
    if (reason == ParkReason.YIELD) {
      return; // it gave way and waited for nothing; the step says so
    }
    boolean monitor = reason == ParkReason.MONITOR_ENTER || reason == ParkReason.OBJECT_WAIT;
    if (!SUPPORTED || !(monitor ? MONITOR_WAIT.isEnabled() : PARK.isEnabled())) {
      return;
    }
    State state = task.attachment(STATE);
    if (state == null) { // on a platform thread, or pinned in its first step
      state = new State();
      task.attach(STATE, state);
    }
    if (monitor) {
      monitorWait(DEFERRED, state, task.id(), task.scope().path(), parkedNanos, reason.label());
    } else {
      park(state, task, parkedNanos, reason);
    }
    if (reason != ParkReason.PINNED) {
      state.queuedAfterPark = 0;
    }
  }

  private static void step(
      DeferredEvents to, State state, long taskId, String path, long runNanos, String reason) {
    TaskStepEvent event = state.spareStep;
    state.spareStep = null;
    if (event == null) {
      event = new TaskStepEvent();
    }
    TaskStepEvent.TIMES.set(event, 0, runNanos);
    if (!event.shouldCommit()) {
      state.spareStep = event;
      return;
    }
    event.taskId = taskId;
    event.scopePath = path;
    event.step = state.step;
    event.queued = state.queued;
    event.reason = reason;
    to.offer(event);
  }

  private static void monitorWait(
      DeferredEvents to, State state, long taskId, String path, long parkedNanos, String reason) {
    TaskMonitorWaitEvent event = state.spareWait;
    state.spareWait = null;
    if (event == null) {
      event = new TaskMonitorWaitEvent();
    }
    TaskMonitorWaitEvent.TIMES.set(event, state.queuedAfterPark, parkedNanos);
    if (!event.shouldCommit()) {
      state.spareWait = event;
      return;
    }
    event.taskId = taskId;
    event.scopePath = path;
    event.reason = reason;
    event.queued = state.queuedAfterPark;
    to.offer(event);
  }

  /** On the thread of the task itself, whose stack becomes that of the event. */
  private static void park(State state, Task<?> task, long parkedNanos, ParkReason reason) {
    TaskParkEvent event = state.sparePark;
    state.sparePark = null; // a commit may itself wait, and come here again
    if (event == null) {
      event = new TaskParkEvent();
    }
    long queued = reason == ParkReason.PINNED ? 0 : state.queuedAfterPark;
    TaskParkEvent.TIMES.set(event, queued, parkedNanos);
    if (event.shouldCommit()) {
      event.taskId = task.id();
      event.scopePath = task.scope().path();
      event.reason = reason.label();
      event.queued = queued;
      event.blocker = blocker(reason);
      event.commit();
    }
    state.sparePark = event;
  }

  private static @Nullable Class<?> blocker(ParkReason reason) {
    if (reason == ParkReason.SLEEP) {
      return null;
    }
    Object blocker = LockSupport.getBlocker(Thread.currentThread());
    return blocker == null ? null : blocker.getClass();
  }
}
