// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import io.taskscope.ParkReason;
import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.StepHook;
import io.taskscope.hook.TaskHook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hooks that hold for one scope, sorted out by method so that a method nobody overrides is an
 * empty array. Immutable: a task keeps the set it was started with, so that brackets it opened are
 * closed.
 */
public final class HookSet {
  private static final HookEntry[] NO_ENTRIES = {};

  /** Calls one method of a hook; a constant per method, so that dispatch allocates nothing. */
  private interface Call<A, B extends @Nullable Object> {
    void on(TaskHook hook, A first, B second);
  }

  private static final Call<TaskScope, @Nullable Void> OPENED = (h, s, v) -> h.scopeOpened(s);
  private static final Call<TaskScope, @Nullable Void> LEFT = (h, s, v) -> h.blockLeft(s);
  private static final Call<TaskScope, @Nullable Void> CLOSING = (h, s, v) -> h.scopeClosing(s);
  private static final Call<TaskScope, @Nullable Void> CLOSED = (h, s, v) -> h.scopeClosed(s);
  private static final Call<TaskScope, ShutdownPhase> PHASE_STARTED = TaskHook::phaseStarted;
  private static final Call<TaskScope, ShutdownReport.Phase> PHASE_ENDED = TaskHook::phaseEnded;
  private static final Call<Task<?>, @Nullable Void> CREATED = (h, t, v) -> h.taskCreated(t);
  private static final Call<Task<?>, @Nullable Void> STARTED = (h, t, v) -> h.taskStarted(t);
  private static final Call<Task<?>, @Nullable Void> FINISHED = (h, t, v) -> h.taskFinished(t);
  private static final Call<Task<?>, @Nullable Void> ABANDONED = (h, t, v) -> h.taskAbandoned(t);

  /** The generation of the JVM-wide hooks this set was made from. */
  final long generation;

  private final List<HookEntry> all;
  private final HookEntry[] scopeOpened;
  private final HookEntry[] blockLeft;
  private final HookEntry[] scopeClosing;
  private final HookEntry[] phaseStarted;
  private final HookEntry[] phaseEnded;
  private final HookEntry[] scopeClosed;
  private final HookEntry[] taskCreated;
  private final HookEntry[] taskStarted;
  private final HookEntry[] taskFinished;
  private final HookEntry[] taskAbandoned;
  private final HookEntry[] stepStarted;
  private final HookEntry[] stepEnded;
  private final HookEntry[] parkEnded;

  HookSet(long generation, List<HookEntry> entries) {
    this.generation = generation;
    all = List.copyOf(entries);
    scopeOpened = overriding(entries, HookMethod.SCOPE_OPENED);
    blockLeft = overriding(entries, HookMethod.BLOCK_LEFT);
    scopeClosing = overriding(entries, HookMethod.SCOPE_CLOSING);
    phaseStarted = overriding(entries, HookMethod.PHASE_STARTED);
    phaseEnded = overriding(entries, HookMethod.PHASE_ENDED);
    scopeClosed = overriding(entries, HookMethod.SCOPE_CLOSED);
    taskCreated = overriding(entries, HookMethod.TASK_CREATED);
    taskStarted = overriding(entries, HookMethod.TASK_STARTED);
    taskFinished = overriding(entries, HookMethod.TASK_FINISHED);
    taskAbandoned = overriding(entries, HookMethod.TASK_ABANDONED);
    stepStarted = overriding(entries, HookMethod.STEP_STARTED);
    stepEnded = overriding(entries, HookMethod.STEP_ENDED);
    parkEnded = overriding(entries, HookMethod.PARK_ENDED);
  }

  private static HookEntry[] overriding(List<HookEntry> entries, HookMethod method) {
    List<HookEntry> overriding = new ArrayList<>(entries);
    overriding.removeIf(entry -> !entry.overrides(method));
    if (method.isClosing()) {
      Collections.reverse(overriding);
    }
    return overriding.toArray(NO_ENTRIES);
  }

  /** This set without the hooks that have been taken out; itself if none has. */
  public HookSet stillThere() {
    if (all.isEmpty() || generation == HookRegistry.generation()) {
      return this;
    }
    List<HookEntry> left = new ArrayList<>(all);
    return left.removeIf(HookEntry::isRemoved) ? new HookSet(generation, left) : this;
  }

  /** Whether anyone wants to know of scopes that open. */
  public boolean followsOpening() {
    return scopeOpened.length > 0;
  }

  /** Whether anyone wants to know how a scope ends. */
  public boolean followsScopeEnd() {
    return scopeClosing.length + phaseStarted.length + phaseEnded.length + scopeClosed.length > 0;
  }

  /** Whether anyone wants to know of new tasks. */
  public boolean followsCreation() {
    return taskCreated.length > 0;
  }

  /** Whether anyone wants to know how a task ends. */
  public boolean followsEnd() {
    return taskFinished.length > 0;
  }

  /** Whether anyone wants to know of abandoned tasks. */
  public boolean followsAbandonment() {
    return taskAbandoned.length > 0;
  }

  /** See {@link TaskHook#scopeOpened}. */
  public void scopeOpened(TaskScope scope) {
    dispatch(scopeOpened, HookMethod.SCOPE_OPENED, OPENED, scope, null);
  }

  /** See {@link TaskHook#blockLeft}. */
  public void blockLeft(TaskScope block) {
    dispatch(blockLeft, HookMethod.BLOCK_LEFT, LEFT, block, null);
  }

  /** See {@link TaskHook#scopeClosing}. */
  public void scopeClosing(TaskScope scope) {
    dispatch(scopeClosing, HookMethod.SCOPE_CLOSING, CLOSING, scope, null);
  }

  /** See {@link TaskHook#scopeClosed}. */
  public void scopeClosed(TaskScope scope) {
    dispatch(scopeClosed, HookMethod.SCOPE_CLOSED, CLOSED, scope, null);
  }

  /** See {@link TaskHook#phaseStarted}. */
  public void phaseStarted(TaskScope scope, ShutdownPhase phase) {
    dispatch(phaseStarted, HookMethod.PHASE_STARTED, PHASE_STARTED, scope, phase);
  }

  /** See {@link TaskHook#phaseEnded}. */
  public void phaseEnded(TaskScope scope, ShutdownReport.Phase phase) {
    dispatch(phaseEnded, HookMethod.PHASE_ENDED, PHASE_ENDED, scope, phase);
  }

  /** See {@link TaskHook#taskCreated}. */
  public void taskCreated(Task<?> task) {
    dispatch(taskCreated, HookMethod.TASK_CREATED, CREATED, task, null);
  }

  /** See {@link TaskHook#taskStarted}. */
  public void taskStarted(Task<?> task) {
    dispatch(taskStarted, HookMethod.TASK_STARTED, STARTED, task, null);
  }

  /** See {@link TaskHook#taskFinished}. */
  public void taskFinished(Task<?> task) {
    dispatch(taskFinished, HookMethod.TASK_FINISHED, FINISHED, task, null);
  }

  /** See {@link TaskHook#taskAbandoned}. */
  public void taskAbandoned(Task<?> task) {
    dispatch(taskAbandoned, HookMethod.TASK_ABANDONED, ABANDONED, task, null);
  }

  /** Whether anyone wants to know of the end of waits. */
  public boolean followsParks() {
    return parkEnded.length > 0;
  }

  /** See {@link StepHook#stepStarted}. */
  public void stepStarted(Task<?> task, long queuedNanos) {
    for (HookEntry entry : stepStarted) {
      if (!entry.isQuarantined()) {
        try {
          ((StepHook) entry.hook).stepStarted(task, queuedNanos);
          entry.succeeded();
        } catch (Throwable error) {
          entry.failedInStep(HookMethod.STEP_STARTED, error);
        }
      }
    }
  }

  /** See {@link StepHook#stepEnded}. */
  public void stepEnded(Task<?> task, long runNanos, @Nullable ParkReason reason) {
    for (HookEntry entry : stepEnded) {
      if (!entry.isQuarantined()) {
        try {
          ((StepHook) entry.hook).stepEnded(task, runNanos, reason);
          entry.succeeded();
        } catch (Throwable error) {
          entry.failedInStep(HookMethod.STEP_ENDED, error);
        }
      }
    }
  }

  /** See {@link StepHook#parkEnded}. */
  public void parkEnded(Task<?> task, long parkedNanos, ParkReason reason) {
    for (HookEntry entry : parkEnded) {
      if (!entry.isQuarantined()) {
        try {
          ((StepHook) entry.hook).parkEnded(task, parkedNanos, reason);
          entry.succeeded();
        } catch (Throwable error) {
          entry.failedInStep(HookMethod.PARK_ENDED, error);
        }
      }
    }
  }

  private <A, B extends @Nullable Object> void dispatch(
      HookEntry[] told, HookMethod method, Call<A, B> call, A first, B second) {
    for (HookEntry entry : told) {
      if (entry.isQuarantined() && !method.isClosing()) { // what it opened it may still close
        continue;
      }
      try {
        call.on(entry.hook, first, second);
        entry.succeeded();
      } catch (Throwable error) { // whatever it is, it is not the task's
        entry.failed(method, error);
      }
    }
  }
}
