// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.ParkReason;
import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.AttachmentKey;
import io.taskscope.hook.HookFailure;
import io.taskscope.hook.StepHook;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Writes the events. A type of event that no recording wants costs one look at a field. */
final class JfrHook implements StepHook {
  // Event.isEnabled is an instance method; asking one instance that is never committed allocates
  // nothing and does not touch the recorder, unlike EventType.
  private static final TaskEvent TASK = new TaskEvent();
  private static final TaskStartEvent TASK_START = new TaskStartEvent();
  private static final ShutdownEvent SHUTDOWN = new ShutdownEvent();
  private static final TaskAbandonedEvent TASK_ABANDONED = new TaskAbandonedEvent();

  static final AttachmentKey<TaskEvent> EVENT = AttachmentKey.of("taskscope.jfr.task");

  /**
   * The events of phases under way, at most one per scope, by scope id: scopes have no attachments.
   */
  private final Map<Long, ShutdownEvent> phases = new ConcurrentHashMap<>();

  @Override
  public void taskStarted(Task<?> task) {
    if (TASK_START.isEnabled()) {
      TaskStartEvent event = new TaskStartEvent();
      event.fill(task);
      event.commit();
    }
    if (TASK.isEnabled()) {
      TaskEvent event = new TaskEvent();
      task.attach(EVENT, event);
      event.begin();
    }
  }

  @Override
  public void taskFinished(Task<?> task) {
    TaskEvent event = task.attachment(EVENT);
    if (event != null) {
      event.end();
      task.attach(EVENT, null);
    } else if (TASK.isEnabled()) {
      // It never began, or began before the event was enabled: an instant, so that it counts.
      event = new TaskEvent();
    } else {
      return;
    }
    if (event.shouldCommit()) {
      event.fill(task);
      event.commit();
    }
  }

  @Override
  public void stepStarted(Task<?> task, long queuedNanos) {
    StepEvents.stepStarted(task, queuedNanos);
  }

  @Override
  public void stepEnded(Task<?> task, long runNanos, @Nullable ParkReason reason) {
    StepEvents.stepEnded(task, runNanos, reason);
  }

  @Override
  public void parkEnded(Task<?> task, long parkedNanos, ParkReason reason) {
    StepEvents.parkEnded(task, parkedNanos, reason);
  }

  @Override
  public void taskAbandoned(Task<?> task) {
    if (TASK_ABANDONED.isEnabled()) {
      TaskAbandonedEvent event = new TaskAbandonedEvent();
      event.fill(task);
      event.commit();
    }
  }

  static void hookFailed(HookFailure failure) {
    HookFailureEvent event = new HookFailureEvent();
    if (event.shouldCommit()) {
      event.fill(failure);
      event.commit();
    }
  }

  @Override
  public void phaseStarted(TaskScope scope, ShutdownPhase phase) {
    if (SHUTDOWN.isEnabled()) {
      ShutdownEvent event = new ShutdownEvent();
      phases.put(scope.id(), event);
      event.begin();
    }
  }

  @Override
  public void phaseEnded(TaskScope scope, ShutdownReport.Phase phase) {
    ShutdownEvent event = phases.remove(scope.id());
    if (event != null) {
      event.end();
    } else if (SHUTDOWN.isEnabled()) {
      event = new ShutdownEvent();
    } else {
      return;
    }
    if (event.shouldCommit()) {
      event.fill(scope, phase);
      event.commit();
    }
  }

  @Override
  public void scopeClosed(TaskScope scope) {
    PeriodicEvents.scope(scope);
  }
}
