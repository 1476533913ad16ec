// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.Timer;
import io.taskscope.Task;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One series of a histogram in all bound registries. It comes into being with its first value, so
 * that outcomes that never happen cost nothing: a histogram is fifteen series in Prometheus.
 */
final class Histogram {
  private static final Recorder NOWHERE = new Recorder(null);

  private final Registries registries;
  private final ReentrantLock registration;
  private final Registries.Group group;
  private final TaskscopeMeter meter;
  private final String[] labels;

  // Replaced, never changed. Written with the registration lock held.
  private volatile @Nullable Recorder recorder;

  /** Where values go. */
  private static final class Recorder {
    /** Shared by all Prometheus registries; null if there is none. */
    final @Nullable BucketCounts counts;

    /** One for each other registry. */
    final Timer[] timers;

    Recorder(@Nullable BucketCounts counts, Timer... timers) {
      this.counts = counts;
      this.timers = timers;
    }

    Recorder with(BucketCounts shown) {
      return new Recorder(shown, timers);
    }

    Recorder with(Timer timer) {
      Timer[] more = Arrays.copyOf(timers, timers.length + 1);
      more[timers.length] = timer;
      return new Recorder(counts, more);
    }
  }

  Histogram(
      Registries registries,
      ReentrantLock registration,
      Registries.Group group,
      TaskscopeMeter meter,
      String... labels) {
    this.registries = registries;
    this.registration = registration;
    this.group = group;
    this.meter = meter;
    this.labels = labels;
  }

  /**
   * @param task whose span may become an exemplar; null if there is none. A registry with timers
   *     takes the span of the current task instead.
   */
  void record(long nanos, @Nullable Task<?> task) {
    Recorder current = recorder;
    if (current == null) {
      current = register();
    }
    BucketCounts counts = current.counts;
    if (counts != null) {
      counts.record(nanos, task);
    }
    for (Timer timer : current.timers) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Once per series; Micrometer's own registration takes a lock here, too. */
  private Recorder register() {
    registration.lock();
    try {
      Recorder current = recorder;
      if (current == null) {
        current = NOWHERE;
        for (Target target : registries.bound()) {
          current = with(current, target);
        }
        recorder = current;
      }
      return current;
    } finally {
      registration.unlock();
    }
  }

  /** A further registry is bound. Called with the registration lock held. */
  void bind(Target target) {
    Recorder current = recorder;
    if (current != null) {
      recorder = with(current, target);
    }
  }

  private Recorder with(Recorder before, Target target) {
    return switch (target) {
      case PrometheusTarget prometheus -> {
        BucketCounts counts = before.counts == null ? new BucketCounts() : before.counts;
        registries.addHistogram(prometheus, group, meter, counts, labels);
        yield before.with(counts);
      }
      case MicrometerTarget micrometer -> {
        Timer timer = registries.addTimer(micrometer, group, meter, labels);
        yield timer == null ? before : before.with(timer);
      }
    };
  }
}
