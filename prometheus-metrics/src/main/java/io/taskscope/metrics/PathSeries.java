// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.taskscope.Outcome;
import io.taskscope.ScopeState;
import io.taskscope.TaskOrigin;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one scope path, from its first scope to the moment its last is gone. */
final class PathSeries {
  private static final Outcome.Kind[] OUTCOMES = Outcome.Kind.values();

  private final String path;
  private final Registries registries;
  private final Readings readings;
  private final Registries.Group group = new Registries.Group();
  private final Histogram startDelay;
  private final Map<Outcome.Kind, Histogram> durations = new EnumMap<>(Outcome.Kind.class);

  // Null until the first reading that knows the path. Written by update and remove.
  private volatile @Nullable PathStatistics latest;
  private long latestNumber; // guarded by this
  private volatile long seen;

  // Both written with the registration lock held.
  private volatile boolean longLived;
  private volatile boolean retired;

  PathSeries(String path, Registries registries, ReentrantLock registration, Readings readings) {
    this.path = path;
    this.registries = registries;
    this.readings = readings;
    seen = readings.begun();
    startDelay =
        new Histogram(registries, registration, group, TaskscopeMeter.TASK_START_DELAY, path);
    for (Outcome.Kind outcome : OUTCOMES) {
      durations.put(
          outcome,
          new Histogram(
              registries,
              registration,
              group,
              TaskscopeMeter.TASK_DURATION,
              path,
              outcome.label()));
    }
  }

  // ---- recording, on the application's threads

  void started(long delayNanos) {
    startDelay.record(delayNanos);
  }

  void ended(Outcome.Kind outcome, long nanos) {
    Objects.requireNonNull(durations.get(outcome)).record(nanos);
  }

  /** A scope opened on this path: readings begun before do not know it. */
  void reopened() {
    long begun = readings.begun();
    if (seen != begun) { // blocks open often, and a write would take the cache line from others
      seen = begun;
    }
  }

  // ---- coming and going; with the registration lock held, but for the questions

  void bind(MeterRegistry registry) {
    String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    String name = path.substring(path.lastIndexOf('/') + 1);
    String depth = Long.toString(path.chars().filter(c -> c == '/').count());
    add(registry, TaskscopeMeter.SCOPE_INFO, statistics -> 1, path, parent, name, depth);
    add(registry, TaskscopeMeter.TASKS_ACTIVE, PathStatistics::live, path);
    add(
        registry,
        TaskscopeMeter.OLDEST_TASK_AGE,
        statistics -> seconds(statistics.oldestTask()),
        path);
    for (TaskOrigin origin : TaskOrigin.values()) {
      add(
          registry,
          TaskscopeMeter.TASKS_STARTED,
          statistics -> statistics.started().getOrDefault(origin, 0L),
          path,
          origin.label());
    }
    for (Outcome.Kind outcome : OUTCOMES) {
      add(
          registry,
          TaskscopeMeter.TASKS_FINISHED,
          statistics -> statistics.finished().of(outcome),
          path,
          outcome.label());
    }
    if (longLived) {
      bindLongLived(registry);
    }
    startDelay.bind(registry);
    durations.values().forEach(duration -> duration.bind(registry));
  }

  private void bindLongLived(MeterRegistry registry) {
    for (ScopeState state : ScopeState.values()) {
      add(
          registry,
          TaskscopeMeter.SCOPE_STATE,
          statistics -> statistics.states().getOrDefault(state, 0L) > 0 ? 1 : 0,
          path,
          state.label());
    }
    add(
        registry,
        TaskscopeMeter.SHUTDOWN_DEADLINE,
        statistics -> statistics.shutdownDeadline().map(PathSeries::seconds).orElse(0.0),
        path);
  }

  private void add(
      MeterRegistry registry,
      TaskscopeMeter meter,
      ToDoubleFunction<PathStatistics> value,
      String... labels) {
    registries.addReading(registry, group, meter, this, series -> series.read(value), labels);
  }

  /** Adds what only scopes of {@code root} and {@code child} have. */
  void becomeLongLived() {
    if (!longLived) {
      longLived = true;
      registries.bound().forEach(this::bindLongLived);
    }
  }

  boolean isLongLived() {
    return longLived;
  }

  /**
   * The path is not in this reading: removes its meters, unless a scope opened on it after that.
   *
   * @return whether it is gone
   */
  boolean retire(Reading reading) {
    retired = true;
    if (seen >= reading.number()) { // whoever reopens looks at retired after setting seen
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
      latest = statistics;
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

  private static PathStatistics atRest(PathStatistics last) {
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
        last.steps());
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }
}
