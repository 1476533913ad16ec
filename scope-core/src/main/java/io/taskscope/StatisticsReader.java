// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.Statistics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Adds up by path what the open scopes and the counters of their paths say. */
final class StatisticsReader {
  /** What is read off the open scopes of one path. */
  private static final class Sum {
    long live;
    long oldestNanos;
    @Nullable Instant deadline;
    final StepTotals.Sum steps = new StepTotals.Sum();
    final Map<ScopeState, Long> states = new EnumMap<>(ScopeState.class);

    Sum() {
      for (ScopeState state : ScopeState.values()) {
        states.put(state, 0L);
      }
    }

    void add(ScopeNode scope) {
      live += scope.registry().counts().live();
      TaskRun<?> oldest = scope.registry().oldest();
      if (oldest != null) {
        oldestNanos = Math.max(oldestNanos, oldest.ageNanos());
      }
      if (AgentLink.stepsMeasured()) {
        scope.registry().forEach(steps::addLive);
      }
      states.merge(scope.state(), 1L, Long::sum);
      scope
          .shutdownDeadline()
          .ifPresent(
              until -> deadline = deadline == null || until.isAfter(deadline) ? until : deadline);
    }
  }

  private StatisticsReader() {}

  static Statistics read() {
    Map<PathStats, StepTotals.Sum> finished = new HashMap<>();
    if (AgentLink.stepsMeasured()) { // before the live ones
      PathStats.listed().forEach(stats -> finished.put(stats, stats.steps.finished()));
    }
    Map<PathStats, Sum> sums = new HashMap<>();
    for (TaskScope root : TaskScope.roots()) {
      for (ScopeNode scope : ((ScopeNode) root).subtree()) {
        sums.computeIfAbsent(scope.stats(), stats -> new Sum()).add(scope);
      }
    }
    List<PathStatistics> paths = new ArrayList<>();
    for (PathStats stats : PathStats.listed()) {
      paths.add(statistics(stats, sums.getOrDefault(stats, new Sum()), finished.get(stats)));
    }
    paths.sort(Comparator.comparing(PathStatistics::path));
    return new Statistics(
        paths, PathStats.overflowed(), CompletionBuffer.ALL_DROPPED.get(), AgentLink.status());
  }

  static Optional<PathStatistics> readClosed(String path) {
    return PathStats.known(path)
        .map(
            stats ->
                statistics(
                    stats, new Sum(), AgentLink.stepsMeasured() ? stats.steps.finished() : null));
  }

  private static PathStatistics statistics(
      PathStats stats, Sum sum, StepTotals.@Nullable Sum finishedSteps) {
    OutcomeCounts finished =
        stats.finished(); // before started, so that no more end than have begun
    return new PathStatistics(
        stats.path,
        stats.parentPath(),
        stats.name,
        stats.depth,
        stats.openScopes(),
        stats.isLongLived(),
        sum.live,
        stats.started(),
        finished,
        sum.states,
        Duration.ofNanos(sum.oldestNanos),
        Optional.ofNullable(sum.deadline),
        finishedSteps == null
            ? Optional.empty()
            : Optional.of(stats.steps.statistics(finishedSteps, sum.steps)));
  }
}
