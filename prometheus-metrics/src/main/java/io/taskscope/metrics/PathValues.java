// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.Outcome;
import io.taskscope.ParkReason;
import io.taskscope.ScopeState;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskState;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.StepStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Which series a path has whose values are read from its statistics, and how. */
final class PathValues {
  private static final List<TaskState> LIVE_STATES =
      List.of(TaskState.QUEUED, TaskState.RUNNING, TaskState.PARKED);

  private PathValues() {}

  /** Is given each series: its metric, its value, and its labels after the path. */
  interface Sink {
    void add(TaskscopeMeter meter, ToDoubleFunction<PathStatistics> value, String... labels);
  }

  /** What every path has. */
  static void always(String path, Sink sink) {
    String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    String name = path.substring(path.lastIndexOf('/') + 1);
    String depth = Long.toString(path.chars().filter(c -> c == '/').count());
    sink.add(TaskscopeMeter.SCOPE_INFO, statistics -> 1, parent, name, depth);
    sink.add(TaskscopeMeter.TASKS_ACTIVE, PathStatistics::live);
    sink.add(TaskscopeMeter.OLDEST_TASK_AGE, statistics -> seconds(statistics.oldestTask()));
    for (TaskOrigin origin : TaskOrigin.values()) {
      sink.add(
          TaskscopeMeter.TASKS_STARTED,
          statistics -> statistics.started().getOrDefault(origin, 0L),
          origin.label());
    }
    for (Outcome.Kind outcome : Outcome.Kind.values()) {
      sink.add(
          TaskscopeMeter.TASKS_FINISHED,
          statistics -> statistics.finished().of(outcome),
          outcome.label());
    }
  }

  /** What only paths of {@code root} and {@code child} have. */
  static void longLived(Sink sink) {
    for (ScopeState state : ScopeState.values()) {
      sink.add(
          TaskscopeMeter.SCOPE_STATE,
          statistics -> statistics.states().getOrDefault(state, 0L) > 0 ? 1 : 0,
          state.label());
    }
    sink.add(
        TaskscopeMeter.SHUTDOWN_DEADLINE,
        statistics -> statistics.shutdownDeadline().map(PathValues::seconds).orElse(0.0));
  }

  /** What is known with the agent only. */
  static void steps(Sink sink) {
    for (TaskState state : LIVE_STATES) {
      sink.add(
          TaskscopeMeter.TASKS_STATE,
          steps(steps -> steps.live().getOrDefault(state, 0L)),
          label(state));
    }
    time(sink, TaskState.QUEUED, StepStatistics::queued);
    time(sink, TaskState.RUNNING, StepStatistics::running);
    time(sink, TaskState.PARKED, StepStatistics::parked);
    for (ParkReason reason : ParkReason.values()) {
      sink.add(
          TaskscopeMeter.TASK_PARK_TIME,
          steps(steps -> seconds(steps.parkedBy().getOrDefault(reason, Duration.ZERO))),
          reason.label());
      sink.add(
          TaskscopeMeter.TASK_PARKS,
          steps(steps -> steps.parks().getOrDefault(reason, 0L)),
          reason.label());
    }
    sink.add(TaskscopeMeter.TASK_STEPS, steps(StepStatistics::steps));
    sink.add(TaskscopeMeter.TASK_SLOW_STEPS, steps(StepStatistics::slowSteps));
  }

  private static void time(Sink sink, TaskState state, Function<StepStatistics, Duration> time) {
    sink.add(TaskscopeMeter.TASK_TIME, steps(steps -> seconds(time.apply(steps))), label(state));
  }

  private static String label(TaskState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static ToDoubleFunction<PathStatistics> steps(ToDoubleFunction<StepStatistics> value) {
    return statistics -> statistics.steps().map(value::applyAsDouble).orElse(0.0);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }
}
