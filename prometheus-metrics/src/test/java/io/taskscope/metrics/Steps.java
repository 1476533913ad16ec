// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.ParkReason;
import io.taskscope.TaskScope;
import io.taskscope.TaskState;
import io.taskscope.view.AgentStatus;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.Statistics;
import io.taskscope.view.StepStatistics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The statistics of this JVM as they would be with an agent that measured what a test says. */
final class Steps {
  private Steps() {}

  /** Every path has spent these seconds, each third of the waiting time in another way. */
  static StepStatistics of(long queued, long running, long parked) {
    return new StepStatistics(
        Duration.ofSeconds(queued),
        Duration.ofSeconds(running),
        Duration.ofSeconds(parked),
        Arrays.stream(ParkReason.values())
            .collect(
                Collectors.toMap(
                    Function.identity(),
                    reason ->
                        reason == ParkReason.SLEEP ? Duration.ofSeconds(parked) : Duration.ZERO)),
        Arrays.stream(ParkReason.values())
            .collect(
                Collectors.toMap(
                    Function.identity(), reason -> reason == ParkReason.SLEEP ? parked : 0)),
        queued + running,
        running,
        Map.of(TaskState.QUEUED, 1L, TaskState.RUNNING, 2L, TaskState.PARKED, 3L));
  }

  static Statistics on(StepStatistics steps) {
    return with(Optional.of(steps), AgentStatus.State.ON);
  }

  static Statistics with(Optional<StepStatistics> steps, AgentStatus.State agent) {
    Statistics now = TaskScope.statistics();
    return new Statistics(
        now.paths().stream().map(path -> with(path, steps)).toList(),
        now.overflowed(),
        now.completionsDropped(),
        new AgentStatus(agent, List.of()));
  }

  static PathStatistics with(PathStatistics path, Optional<StepStatistics> steps) {
    return new PathStatistics(
        path.path(),
        path.parentPath(),
        path.name(),
        path.depth(),
        path.openScopes(),
        path.longLived(),
        path.live(),
        path.started(),
        path.finished(),
        path.states(),
        path.oldestTask(),
        path.shutdownDeadline(),
        steps);
  }
}
