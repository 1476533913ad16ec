// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One series of a histogram in all bound registries. It comes into being with its first value, so
 * that outcomes that never happen cost nothing: a histogram is fifteen series in Prometheus.
 */
final class Histogram {
  private final Registries registries;
  private final ReentrantLock registration;
  private final Registries.Group group;
  private final TaskscopeMeter meter;
  private final String[] labels;

  // Replaced, never changed. Written with the registration lock held.
  private volatile Timer @Nullable [] timers;

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

  void record(long nanos) {
    Timer[] current = timers;
    if (current == null) {
      current = register();
    }
    for (Timer timer : current) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Once per series; Micrometer's own registration takes a lock here, too. */
  private Timer[] register() {
    registration.lock();
    try {
      Timer[] current = timers;
      if (current == null) {
        current = new Timer[0];
        for (MeterRegistry registry : registries.bound()) {
          current = with(current, registry);
        }
        timers = current;
      }
      return current;
    } finally {
      registration.unlock();
    }
  }

  /** A further registry is bound. Called with the registration lock held. */
  void bind(MeterRegistry registry) {
    Timer[] current = timers;
    if (current != null) {
      timers = with(current, registry);
    }
  }

  private Timer[] with(Timer[] before, MeterRegistry registry) {
    Timer timer = registries.addTimer(registry, group, meter, labels);
    if (timer == null) {
      return before;
    }
    Timer[] after = Arrays.copyOf(before, before.length + 1);
    after[before.length] = timer;
    return after;
  }
}
