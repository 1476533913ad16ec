// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Giving up tasks that did not end although they were interrupted. */
final class Abandonment {
  private Abandonment() {}

  /**
   * Gives up every live task of the scope itself, but for those that wait for the scope. The caller
   * tells the hooks.
   *
   * @param stacksUntil the {@link System#nanoTime} from which stacks are no longer captured,
   *     because that would take longer than there is time
   * @param note hears of each one before it leaves the scope
   * @return those that had not ended after all
   */
  static List<TaskRun<?>> of(ScopeNode scope, long stacksUntil, Consumer<? super TaskRun<?>> note) {
    List<TaskRun<?>> abandoned = new ArrayList<>();
    scope
        .registry()
        .forEachWaitedFor(
            task -> {
              if (!task.hasLeft() && task.abandon(stackOf(task, stacksUntil), note)) {
                abandoned.add(task);
              }
            });
    return abandoned;
  }

  /** Lets go of the scope's background threads, which may live on. */
  static List<TaskRun<?>> ofBackground(ScopeNode scope) {
    List<TaskRun<?>> left = new ArrayList<>();
    if (!scope.registry().isEmpty()) {
      scope
          .registry()
          .forEach(
              task -> {
                if (!task.hasLeft()
                    && task.body() instanceof AdoptedThread thread
                    && thread.isBackground()
                    && task.leaveAlone(List.of(task.where()))) {
                  left.add(task);
                }
              });
    }
    return left;
  }

  private static List<StackTraceElement> stackOf(TaskRun<?> task, long until) {
    return until - System.nanoTime() < 0 ? List.of() : List.of(task.where());
  }

  static ShutdownReport.AbandonedTask describe(TaskRun<?> task) {
    List<StackTraceElement> stack =
        task.outcome().orElse(null) instanceof Outcome.Abandoned how ? how.stack() : List.of();
    return new ShutdownReport.AbandonedTask(
        task.id(), task.name(), task.scope().path(), task.times().age(), stack);
  }
}
