// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes one scrape cost one walk over the scopes, whichever way the registry is scraped.
 *
 * <p>No registry says when a scrape begins, but within one the meters are read in quick succession.
 * So a meter that is read after a pause begins a new scrape and takes a fresh reading, and those
 * after it share that reading. A reading is also replaced when it is old, in case someone reads
 * meters all the time.
 */
final class Readings {
  /** Longer than between two meters of a scrape, shorter than between two scrapes. */
  static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  static final long MAX_AGE = TimeUnit.SECONDS.toNanos(1);

  private static final System.Logger LOG = System.getLogger(TaskscopeMetrics.class.getName());

  private final LongSupplier clock;
  private final LongFunction<Reading> reader;
  private final Consumer<Reading> values;
  private final Consumer<Reading> series;

  // Waited for by those who would otherwise report old values. Never held together with a lock of a
  // registry, as meters may be read with such a lock held.
  private final ReentrantLock lock = new ReentrantLock();

  // Written with the lock held, but for the last.
  private volatile long begun;
  private boolean failed;
  private volatile long takenAt;
  private volatile long usedAt;

  /**
   * @param reader takes a reading, given its number
   * @param values is given each reading to pass on its values; must be quick
   * @param series is then given it to add and remove series
   */
  Readings(
      LongSupplier clock,
      LongFunction<Reading> reader,
      Consumer<Reading> values,
      Consumer<Reading> series) {
    this.clock = clock;
    this.reader = reader;
    this.values = values;
    this.series = series;
    takenAt = clock.getAsLong() - MAX_AGE; // there is none yet
    usedAt = takenAt;
  }

  /** The number of the latest reading that has at least begun; 0 before the first. */
  long begun() {
    return begun;
  }

  /** A meter is about to be read: sees to it that its value is of this scrape. */
  void use() {
    long now = clock.getAsLong();
    if (isCurrent(now)) {
      usedAt = now;
      return;
    }
    if (lock.isHeldByCurrentThread()) { // the reader looks at meters itself
      return;
    }
    Reading fresh = null;
    lock.lock();
    try {
      if (!isCurrent(clock.getAsLong())) { // else another thread of this scrape was faster
        fresh = take();
      }
    } finally {
      lock.unlock();
    }
    if (fresh != null) {
      series.accept(fresh);
    }
  }

  private boolean isCurrent(long now) {
    return now - usedAt < PAUSE && now - takenAt < MAX_AGE;
  }

  /** Takes a reading in any case; null if that failed. */
  @Nullable Reading refresh() {
    lock.lock();
    try {
      return take();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Reading take() {
    Reading reading = null;
    try {
      long number = begun + 1;
      begun = number;
      reading = reader.apply(number);
      values.accept(reading);
      failed = false;
    } catch (RuntimeException e) { // the old values stay, which is better than no scrape at all
      if (!failed) {
        failed = true;
        LOG.log(System.Logger.Level.WARNING, "Cannot read the statistics; metrics stand still", e);
      }
    }
    takenAt = clock.getAsLong();
    usedAt = takenAt;
    return reading;
  }
}
