// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.Outcome;
import io.taskscope.ScopeState;
import io.taskscope.Task;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one scope path, from its first scope until some time after its last is gone. */
final class PathSeries {
  private final String path;
  private final Registries registries;
  private final Readings readings;
  private final Registries.Group group = new Registries.Group();
  private final Histogram startDelay;
  private final TaskDurations durations;

  // Null until the first reading that knows the path. Written by update and remove.
  private volatile @Nullable PathStatistics latest;
  private long latestNumber; // guarded by this
  private volatile long seen;

  // All written with the registration lock held.
  private volatile boolean longLived;
  private volatile boolean withSteps;
  private volatile boolean retired;

  PathSeries(
      String path,
      Registries registries,
      ReentrantLock registration,
      Readings readings,
      LongAdder namesOverflowed) {
    this.path = path;
    this.registries = registries;
    this.readings = readings;
    seen = readings.begun();
    startDelay =
        new Histogram(registries, registration, group, TaskscopeMeter.TASK_START_DELAY, path);
    durations = new TaskDurations(path, registries, registration, group, namesOverflowed);
  }

  // ---- recording, on the application's threads

  void started(Task<?> task, long delayNanos) {
    startDelay.record(delayNanos, task);
  }

  void ended(Task<?> task, Outcome.Kind outcome, long nanos) {
    durations.record(task, outcome, nanos);
  }

  /** A scope opened on this path: readings begun before do not know it. */
  void reopened() {
    long begun = readings.begun();
    if (seen != begun) { // blocks open often, and a write would take the cache line from others
      seen = begun;
    }
  }

  // ---- coming and going; with the registration lock held, but for the questions

  void bind(Target target) {
    PathValues.always(path, sink(target));
    if (longLived) {
      PathValues.longLived(sink(target));
    }
    if (withSteps) {
      PathValues.steps(sink(target));
    }
    startDelay.bind(target);
    durations.bind(target);
  }

  private PathValues.Sink sink(Target target) {
    return (meter, value, labels) -> {
      String[] all = new String[labels.length + 1];
      all[0] = path;
      System.arraycopy(labels, 0, all, 1, labels.length);
      registries.addReading(target, group, meter, this, series -> series.read(value), all);
    };
  }

  /** Adds what only scopes of {@code root} and {@code child} have. */
  void becomeLongLived() {
    if (!longLived) {
      longLived = true;
      registries.bound().forEach(target -> PathValues.longLived(sink(target)));
    }
  }

  boolean isLongLived() {
    return longLived;
  }

  /** Adds what the agent measures, once it does. */
  void addStepsOf(PathStatistics statistics) {
    if (!withSteps && statistics.steps().isPresent()) {
      withSteps = true;
      registries.bound().forEach(target -> PathValues.steps(sink(target)));
    }
  }

  /** Whether a scope opened on the path after this reading had begun. */
  boolean isReopenedAfter(Reading reading) {
    return seen >= reading.number();
  }

  /**
   * Removes its meters, unless a scope opened on it after the reading had begun.
   *
   * @return whether they are removed
   */
  boolean retire(Reading reading) {
    retired = true;
    if (isReopenedAfter(reading)) { // whoever reopens looks at retired after setting seen
      retired = false;
      return false;
    }
    remove();
    return true;
  }

  void remove() {
    retired = true;
    synchronized (this) {
      PathStatistics last = latest;
      if (last != null) {
        latest = atRest(last); // a scrape under way may still read the meters
      }
    }
    group.remove();
  }

  boolean isRetired() {
    return retired;
  }

  // ---- reading

  /** Sets the values, unless they are from a later reading already. */
  synchronized void update(long number, PathStatistics statistics) {
    if (number > latestNumber) {
      latestNumber = number;
      PathStatistics before = latest;
      latest = before == null ? statistics : StepTotals.atLeast(before, statistics);
    }
  }

  private double read(ToDoubleFunction<PathStatistics> value) {
    readings.use();
    PathStatistics current = latest;
    return value.applyAsDouble(current == null ? none() : current);
  }

  private PathStatistics none() {
    return new PathStatistics(
        path,
        "",
        "",
        0,
        0,
        longLived,
        0,
        Map.of(),
        OutcomeCounts.NONE,
        Map.of(),
        Duration.ZERO,
        Optional.empty(),
        Optional.empty());
  }

  /** The same counts, and nothing that lives. */
  static PathStatistics atRest(PathStatistics last) {
    return new PathStatistics(
        last.path(),
        last.parentPath(),
        last.name(),
        last.depth(),
        0,
        last.longLived(),
        0,
        last.started(),
        last.finished(),
        Map.of(ScopeState.CLOSED, 1L),
        Duration.ZERO,
        Optional.empty(),
        last.steps().map(StepTotals::atRest));
  }
}
