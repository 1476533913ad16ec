// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.TaskState;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * What the recorder asks for, each time on a thread of its own or of whoever starts a recording.
 */
final class PeriodicEvents {
  /** So that no recording takes longer to start, and no chunk is larger, because of us. */
  static final int MOST_LIVE_TASKS = 10_000;

  private static final ScopeEvent SCOPE = new ScopeEvent();
  private static final TaskLiveEvent TASK_LIVE = new TaskLiveEvent();
  private static final StatusEvent STATUS = new StatusEvent();

  /** In the chunk that was begun last. */
  private static volatile long tasksLeftOut;

  private PeriodicEvents() {}

  /** The counts of every open scope. */
  static void scopes() {
    if (SCOPE.isEnabled()) {
      allScopes().forEach(PeriodicEvents::scope);
    }
  }

  /** The counts of one scope. */
  static void scope(TaskScope scope) {
    if (SCOPE.isEnabled()) {
      ScopeEvent event = new ScopeEvent();
      event.fill(scope);
      event.commit();
    }
  }

  /** Every live task, up to a limit. */
  static void liveTasks() {
    if (!TASK_LIVE.isEnabled()) {
      return;
    }
    int written = 0;
    long leftOut = 0;
    for (Iterator<TaskScope> scopes = allScopes().iterator(); scopes.hasNext(); ) {
      TaskScope scope = scopes.next();
      long live = scope.view().live();
      if (live > MOST_LIVE_TASKS - written) { // do not even make a list of them
        leftOut += live;
        continue;
      }
      for (Task<?> task : scope.tasks()) {
        if (task.taskState() != TaskState.FINISHED) {
          TaskLiveEvent event = new TaskLiveEvent();
          event.fill(task);
          event.commit();
          written++;
        }
      }
    }
    tasksLeftOut = leftOut;
  }

  /** What is measured, and what is not. */
  static void status() {
    StepEvents.DEFERRED.drain(); // what the chunk that ends still lacks
    if (STATUS.isEnabled()) {
      StatusEvent event = new StatusEvent();
      event.fill();
      event.eventsDropped = StepEvents.DEFERRED.dropped();
      event.tasksLeftOut = tasksLeftOut;
      event.commit();
    }
  }

  private static Stream<TaskScope> allScopes() {
    return TaskScope.roots().stream()
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
  }
}
