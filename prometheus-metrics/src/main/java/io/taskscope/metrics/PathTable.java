// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.TaskScope;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.Statistics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The series of all paths. A path gets its series with its first scope, on the thread that opens
 * it, and loses them a while after the first reading that does not list it: its last counts come
 * with its end, and would otherwise never be scraped. In between they are found without a lock.
 */
final class PathTable {
  /** Paths that are gone and keep their series for a while; the oldest go first. */
  static final int MAX_GONE = 1_000;

  private static final int SLACK = 64;

  private final Registries registries;
  private final ReentrantLock registration;
  private final Readings readings;
  private final LongSupplier clock;
  private final long retention;
  private final LongAdder namesOverflowed = new LongAdder();

  // Written with the registration lock held.
  private final ConcurrentMap<String, PathSeries> paths = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, ShutdownSeries> shutdowns = new ConcurrentHashMap<>();
  private final Map<String, Long> goneSince = new LinkedHashMap<>(); // guarded by it
  private long reconciled;
  private volatile int roomUntilReading = SLACK;

  /**
   * @param retention for how many nanoseconds the series of a path outlive it
   */
  PathTable(
      Registries registries,
      ReentrantLock registration,
      Readings readings,
      LongSupplier clock,
      long retention) {
    this.registries = registries;
    this.registration = registration;
    this.readings = readings;
    this.clock = clock;
    this.retention = retention;
  }

  /** The series of a path, for recording. */
  PathSeries of(String path) {
    PathSeries series = paths.get(path);
    return series == null ? add(path) : series;
  }

  /** A scope has opened on this path. */
  void opened(String path, boolean longLived) {
    PathSeries series = of(path);
    series.reopened();
    while (series.isRetired()) { // it was about to go when the scope opened
      series = add(path);
      series.reopened();
    }
    if (longLived && !series.isLongLived()) {
      registration.lock();
      try {
        becomeLongLived(path, add(path));
      } finally {
        registration.unlock();
      }
    }
  }

  private PathSeries add(String path) {
    registration.lock();
    try {
      PathSeries series = paths.get(path);
      if (series == null) {
        series = new PathSeries(path, registries, registration, readings, namesOverflowed);
        registries.bound().forEach(series::bind);
        paths.put(path, series);
      }
      return series;
    } finally {
      registration.unlock();
    }
  }

  private ShutdownSeries becomeLongLived(String path, PathSeries series) {
    series.becomeLongLived();
    return shutdowns.computeIfAbsent(
        path,
        key -> {
          ShutdownSeries fresh = new ShutdownSeries(path, registries, registration);
          registries.bound().forEach(fresh::bind);
          return fresh;
        });
  }

  /** The shutdown series of a path that has, or had, a long-lived scope. */
  ShutdownSeries shutdownsOf(String path) {
    ShutdownSeries series = shutdowns.get(path);
    if (series != null) {
      return series;
    }
    registration.lock();
    try {
      return becomeLongLived(path, add(path)); // the scope is older than the binding
    } finally {
      registration.unlock();
    }
  }

  /**
   * Whether so many paths have come since the last reading that those which are gone should be
   * removed now. Only then does an application that is never scraped pay for a reading.
   */
  boolean isOverdue() {
    return paths.size() > roomUntilReading;
  }

  /** Tasks of all paths whose name was one too many to be told apart. */
  double namesOverflowed() {
    return namesOverflowed.sum();
  }

  /** The last counts of paths that have series but are not among these statistics. */
  List<PathStatistics> gone(Statistics statistics) {
    Set<String> listed = new HashSet<>();
    statistics.paths().forEach(path -> listed.add(path.path()));
    List<PathStatistics> gone = new ArrayList<>();
    for (String path : paths.keySet()) {
      if (!listed.contains(path)) {
        TaskScope.closedStatistics(path).map(PathSeries::atRest).ifPresent(gone::add);
      }
    }
    return gone;
  }

  // ---- with the registration lock held

  void bind(Target target) {
    paths.values().forEach(series -> series.bind(target));
    shutdowns.values().forEach(series -> series.bind(target));
  }

  /** Adds and removes series, so that there are those of the paths in the reading. */
  void reconcile(Reading reading) {
    if (reading.number() <= reconciled) { // another thread came first with a later one
      return;
    }
    reconciled = reading.number();
    Set<String> listed = new HashSet<>();
    for (PathStatistics statistics : reading.statistics().paths()) {
      String path = statistics.path();
      listed.add(path);
      goneSince.remove(path);
      PathSeries series = add(path);
      series.update(reading.number(), statistics);
      series.addStepsOf(statistics);
      if (statistics.longLived() && !series.isLongLived()) {
        becomeLongLived(path, series);
      }
    }
    reading.gone().forEach(statistics -> updateGone(reading, statistics));
    paths.forEach(
        (path, series) -> {
          if (!listed.contains(path) && !series.isReopenedAfter(reading)) {
            goneSince.putIfAbsent(path, clock.getAsLong());
          }
        });
    removeGone(reading);
    int present = paths.size() - goneSince.size();
    roomUntilReading = paths.size() + present + SLACK; // the cost of readings stays in proportion
  }

  private void updateGone(Reading reading, PathStatistics statistics) {
    PathSeries series = paths.get(statistics.path());
    if (series != null && !series.isReopenedAfter(reading)) {
      series.update(reading.number(), statistics);
    }
  }

  private void removeGone(Reading reading) {
    long now = clock.getAsLong();
    Iterator<Map.Entry<String, Long>> oldestFirst = goneSince.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      Map.Entry<String, Long> gone = oldestFirst.next();
      if (goneSince.size() <= MAX_GONE && now - gone.getValue() < retention) {
        return;
      }
      oldestFirst.remove();
      String path = gone.getKey();
      PathSeries series = paths.get(path);
      if (series != null && series.retire(reading)) {
        paths.remove(path);
        ShutdownSeries ends = shutdowns.remove(path);
        if (ends != null) {
          ends.remove();
        }
      }
    }
  }

  void removeAll() {
    paths.values().forEach(PathSeries::remove);
    paths.clear();
    shutdowns.values().forEach(ShutdownSeries::remove);
    shutdowns.clear();
    goneSince.clear();
  }

  // ---- with the lock of the readings held

  void update(Reading reading) {
    for (PathStatistics statistics : reading.statistics().paths()) {
      PathSeries series = paths.get(statistics.path());
      if (series != null) {
        series.update(reading.number(), statistics);
      }
    }
    reading.gone().forEach(statistics -> updateGone(reading, statistics));
  }
}
