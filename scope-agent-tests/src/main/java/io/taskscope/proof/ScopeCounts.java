// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import io.taskscope.ParkReason;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.StepStatistics;

/** The counters of one path. */
public final class ScopeCounts {
  private ScopeCounts() {}

  /** All of them, now. */
  public static PathStatistics of(TaskScope scope) {
    return TaskScope.statistics().paths().stream()
        .filter(path -> path.path().equals(scope.path()))
        .findAny()
        .orElseThrow(() -> new IllegalStateException("nothing is counted for " + scope.path()));
  }

  /** Tasks that were started indirectly. */
  public static long adopted(TaskScope scope) {
    return of(scope).started().getOrDefault(TaskOrigin.ADOPTED, 0L);
  }

  /** All started tasks. */
  public static long started(TaskScope scope) {
    return started(of(scope));
  }

  private static long started(PathStatistics path) {
    return path.started().values().stream().mapToLong(Long::longValue).sum();
  }

  /** How all tasks ended so far. */
  public static OutcomeCounts finished(TaskScope scope) {
    return of(scope).finished();
  }

  /** What the agent has measured. */
  public static StepStatistics steps(TaskScope scope) {
    return of(scope)
        .steps()
        .orElseThrow(() -> new IllegalStateException("no agent measures: " + scope.path()));
  }

  /** How often its tasks waited for this reason. */
  public static long parks(TaskScope scope, ParkReason reason) {
    return steps(scope).parks().getOrDefault(reason, 0L);
  }

  /** Whether none of its tasks lives, and the books are balanced. */
  public static boolean isQuiet(TaskScope scope) {
    PathStatistics path = of(scope);
    return path.live() == 0 && started(path) == path.finished().total();
  }
}
