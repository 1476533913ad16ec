// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import io.taskscope.metrics.TaskscopeMetrics;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What metrics add to a task: the difference between a row with a registry and the one without.
 * Beside it, Micrometer's own metrics around an executor of virtual threads, and one timer.
 */
public class MetricsBenchmark extends NanosBenchmark {
  private static final int BATCH = SpawnBenchmark.BATCH;

  /** Where values go; {@code simple} stands for all registries that are not Prometheus. */
  @Param({"none", "prometheus", "simple"})
  public String registry = "none";

  private final TaskScope scope = TaskScope.root("bench");
  private ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable TaskscopeMetrics metrics;
  private @Nullable Timer timer;
  private int value = 1;

  @Setup
  public void bind() {
    MeterRegistry to =
        switch (registry) {
          case "prometheus" -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
          case "simple" -> new SimpleMeterRegistry();
          default -> null;
        };
    if (to != null) {
      metrics = new TaskscopeMetrics();
      metrics.bindTo(to);
      executor = ExecutorServiceMetrics.monitor(to, executor, "bench");
      timer =
          Timer.builder("timer")
              .serviceLevelObjectives(TaskscopeMetrics.BUCKETS.toArray(Duration[]::new))
              .register(to);
    }
  }

  @TearDown
  public void close() {
    executor.close();
    scope.shutdown(Duration.ofSeconds(10));
    if (metrics != null) {
      metrics.close();
    }
  }

  /** A task on the calling thread, where nothing but the recording differs. */
  @Benchmark
  public int call() {
    return scope.<Integer, RuntimeException>call("task", () -> value++);
  }

  /** One timer of Micrometer with the same buckets. */
  @Benchmark
  public int timer() {
    Timer to = timer;
    if (to != null) {
      to.record(value & 0xfffff, TimeUnit.NANOSECONDS);
    }
    return value++;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void spawn() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    TaskAction<RuntimeException> body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      scope.spawn("task", body);
    }
    done.await();
  }

  /** {@link ExecutorServiceMetrics} around an executor of virtual threads. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void executor() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    Runnable body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      executor.submit(body);
    }
    done.await();
  }
}
