// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer's defaults for Prometheus, except that only counters and buckets of histograms carry
 * exemplars. By default the {@code _count} of a histogram does too, and a Prometheus before 3.0
 * then refuses the whole scrape.
 *
 * <pre>{@code
 * new PrometheusMeterRegistry(
 *     new BucketExemplars(), new PrometheusRegistry(), Clock.SYSTEM, new TaskSpanContext());
 * }</pre>
 *
 * <p>Stateless and thread-safe.
 */
public final class BucketExemplars implements PrometheusConfig {
  /** The defaults. */
  public BucketExemplars() {}

  @Override
  public @Nullable String get(String key) {
    return null; // the default
  }

  @Override
  public Properties prometheusProperties() {
    Properties properties = new Properties();
    properties.setProperty("io.prometheus.exporter.exemplarsOnAllMetricTypes", "false");
    return properties;
  }
}
