// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/**
 * A bound registry, and how meters get into it. Everything but a Prometheus registry is served with
 * Micrometer's own meters.
 */
abstract sealed class Target permits MicrometerTarget, PrometheusTarget {
  final MeterRegistry registry;

  Target(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * @param beforeScrape brings values and series up to date; must be quick if they are
   */
  static Target of(MeterRegistry registry, Runnable beforeScrape) {
    return registry instanceof PrometheusMeterRegistry prometheus
        ? new PrometheusTarget(prometheus, beforeScrape)
        : new MicrometerTarget(registry);
  }

  /** Something that was put into the registry. */
  interface Place {
    void remove();
  }

  /**
   * Adds a value that is read from {@code source} whenever the registry asks; kept alive by the
   * caller.
   *
   * @throws RuntimeException if the registry refuses it
   */
  abstract <S> Place addReading(
      TaskscopeMeter meter, Tags tags, S source, ToDoubleFunction<S> value);

  /** Nothing of ours will be added any more, and everything has been removed. */
  abstract void close();
}
