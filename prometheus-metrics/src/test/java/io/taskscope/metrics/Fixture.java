// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.taskscope.ScopeOptions;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Metrics on a Prometheus registry, and scopes that are shut down with them. */
final class Fixture implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(
          new BucketExemplars(), new PrometheusRegistry(), Clock.SYSTEM, new TaskSpanContext());
  final TaskscopeMetrics metrics;
  private final Deque<TaskScope> roots = new ArrayDeque<>();

  private Fixture(TaskscopeMetrics metrics) {
    this.metrics = metrics;
  }

  static Fixture bound() {
    return bound(new TaskscopeMetrics());
  }

  static Fixture bound(TaskscopeMetrics metrics) {
    Fixture fixture = new Fixture(metrics);
    metrics.bindTo(fixture.registry);
    return fixture;
  }

  /** A name no other test has: counters of a path are kept as long as the JVM. */
  static String freshName() {
    return "root-" + NUMBER.incrementAndGet();
  }

  TaskScope root() {
    return root(freshName());
  }

  TaskScope root(String name) {
    return root(name, UnaryOperator.identity());
  }

  TaskScope root(String name, UnaryOperator<ScopeOptions> options) {
    TaskScope root = TaskScope.root(name, options);
    roots.push(root);
    return root;
  }

  Scrape scrape() {
    return Scrape.of(registry, metrics);
  }

  @Override
  public void close() {
    roots.forEach(root -> root.shutdown(Duration.ofMillis(100)));
    metrics.close();
  }
}
