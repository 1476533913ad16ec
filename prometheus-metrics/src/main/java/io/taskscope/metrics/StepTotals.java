// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.view.PathStatistics;
import io.taskscope.view.StepStatistics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * Sees to it that the totals of steps never go back. They contain what live tasks have spent so
 * far, read while these run, so that a task which ends at the same moment may be seen a little
 * shorter than before.
 */
final class StepTotals {
  private StepTotals() {}

  /** The later reading, with totals at least those of the earlier one. */
  static PathStatistics atLeast(PathStatistics before, PathStatistics now) {
    if (before.steps().isEmpty() || now.steps().isEmpty() || isNewBeginning(before, now)) {
      return now;
    }
    return with(now, atLeast(before.steps().get(), now.steps().get()));
  }

  /** The path was forgotten by the core and counts from zero again. */
  private static boolean isNewBeginning(PathStatistics before, PathStatistics now) {
    return started(now) < started(before);
  }

  private static long started(PathStatistics statistics) {
    return statistics.started().values().stream().mapToLong(Long::longValue).sum();
  }

  private static StepStatistics atLeast(StepStatistics before, StepStatistics now) {
    return new StepStatistics(
        longer(before.queued(), now.queued()),
        longer(before.running(), now.running()),
        longer(before.parked(), now.parked()),
        merge(before.parkedBy(), now.parkedBy(), StepTotals::longer),
        merge(before.parks(), now.parks(), Math::max),
        Math.max(before.steps(), now.steps()),
        Math.max(before.slowSteps(), now.slowSteps()),
        now.live());
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static <K, V> Map<K, V> merge(Map<K, V> a, Map<K, V> b, BinaryOperator<V> larger) {
    Map<K, V> merged = new HashMap<>(a);
    b.forEach((key, value) -> merged.merge(key, value, larger));
    return merged;
  }

  /** The same totals, and no live tasks. */
  static StepStatistics atRest(StepStatistics last) {
    return new StepStatistics(
        last.queued(),
        last.running(),
        last.parked(),
        last.parkedBy(),
        last.parks(),
        last.steps(),
        last.slowSteps(),
        Map.of());
  }

  private static PathStatistics with(PathStatistics statistics, StepStatistics steps) {
    return new PathStatistics(
        statistics.path(),
        statistics.parentPath(),
        statistics.name(),
        statistics.depth(),
        statistics.openScopes(),
        statistics.longLived(),
        statistics.live(),
        statistics.started(),
        statistics.finished(),
        statistics.states(),
        statistics.oldestTask(),
        statistics.shutdownDeadline(),
        Optional.of(steps));
  }
}
