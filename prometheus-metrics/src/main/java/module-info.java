// SPDX-License-Identifier: Apache-2.0
/**
 * Meters by scope path on any Micrometer registry, with Prometheus exemplars and a scrape endpoint.
 */
module io.taskscope.metrics {
  requires static org.jspecify;
  requires transitive jdk.httpserver;
  requires transitive io.taskscope;
  requires transitive micrometer.core;
  requires transitive micrometer.registry.prometheus;
  requires transitive io.prometheus.metrics.tracer.common;
  requires io.prometheus.metrics.model;

  exports io.taskscope.metrics;
}
