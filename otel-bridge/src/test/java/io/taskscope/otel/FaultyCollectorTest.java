// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TelemetryDrops;
import io.taskscope.otel.testing.FaultyCollector;
import io.taskscope.otel.testing.FaultyCollector.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A service that is set up by variables alone, and a collector that misbehaves: tasks never wait,
 * what is lost is counted, and export goes on when the collector is well again.
 */
class FaultyCollectorTest {
  private static final int QUEUE = 64;
  private static final int TASKS = 400;

  private final LogCapture log = new LogCapture("io.taskscope.otel");
  private final LogCapture sdkLog = new LogCapture("io.opentelemetry");
  private final SpanDrops drops = SpanDrops.ofAutoConfiguration();
  private final long lostBefore = drops.total();

  @AfterEach
  void close() throws Exception {
    log.close();
    sdkLog.close();
    Strict.assertNoContextLeaked();
  }

  @ParameterizedTest
  @EnumSource
  void collectorThatMisbehaves_delaysNoTask_lossesAreCounted_andExportResumes(Fault fault)
      throws Exception {
    try (FaultyCollector collector = new FaultyCollector();
        OpenTelemetrySdk sdk = sdk(collector.tracesUrl(), Map.of())) {
      collector.behave(fault);
      TaskScope root = TaskScope.root("faulty");
      run(root, TASKS); // that they all end is the point: none waits for the collector
      awaitAccounted(sdk, collector, TASKS);
      assertThat(collector.requests()).isPositive();
      switch (fault) {
        case NONE, SLOW, RUBBISH_BODY -> // a 200 is taken at its word, whatever comes with it
            assertThat(collector.spans()).isPositive();
        default -> {
          assertThat(collector.spans()).isZero();
          assertThat(drops.total() - lostBefore).isEqualTo(TASKS);
          assertThat(TelemetryDrops.counts().get(TelemetryDrops.Signal.SPANS))
              .as("what the metrics show, each loss once")
              .isEqualTo(drops.counts());
        }
      }

      collector.behave(Fault.NONE);
      int taken = collector.spans();
      int more = 0;
      while (collector.spans() == taken && more < 50) {
        run(root, 1); // the first may meet a connection that is dead already
        awaitAccounted(sdk, collector, TASKS + ++more);
      }
      assertThat(collector.spans()).isGreaterThan(taken);
      long lostUntilNow = drops.total();
      run(root, 10);
      awaitAccounted(sdk, collector, TASKS + more + 10);
      assertThat(drops.total()).isEqualTo(lostUntilNow);
      root.shutdown(Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TOO_MANY_REQUESTS", "UNAVAILABLE"})
  void collectorThatAsksToComeBack_getsTheSameSpansAgain_andNoneIsLost(Fault fault)
      throws Exception {
    try (FaultyCollector collector = new FaultyCollector();
        OpenTelemetrySdk sdk =
            sdk(
                collector.tracesUrl(),
                Map.of(
                    "otel.java.exporter.otlp.retry.disabled", "false",
                    "otel.exporter.otlp.timeout", "60000"))) {
      collector.behave(fault);
      TaskScope root = TaskScope.root("faulty");
      run(root, 10);
      CompletableResultCode flushed = sdk.getSdkTracerProvider().forceFlush();
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (collector.requests() < 2 && System.nanoTime() < deadline) {
        Thread.sleep(10);
      }
      assertThat(collector.requests()).isGreaterThanOrEqualTo(2);
      run(root, 1); // no task waits meanwhile
      collector.behave(Fault.NONE);
      flushed.join(30, TimeUnit.SECONDS);
      awaitAccounted(sdk, collector, 11);

      assertThat(collector.spans()).isEqualTo(11);
      assertThat(drops.total()).isEqualTo(lostBefore);
      root.shutdown(Duration.ofSeconds(10));
    }
  }

  /** Until every span has arrived or is counted as lost. */
  private void awaitAccounted(OpenTelemetrySdk sdk, FaultyCollector collector, int spans)
      throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (collector.spans() + drops.total() - lostBefore < spans) {
      assertThat(System.nanoTime())
          .as(
              "in time: %s arrived, lost %s, of %s; %s",
              collector.spans(), drops.counts(), spans, log.lines())
          .isLessThan(deadline);
      // More than once, because the SDK takes a flush for part of one that is just over.
      sdk.getSdkTracerProvider().forceFlush().join(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void sdkThatIsClosed_takesTheBridgeWithIt() throws Exception {
    try (FaultyCollector collector = new FaultyCollector()) {
      OpenTelemetrySdk sdk = sdk(collector.tracesUrl(), Map.of());
      TaskScope root = TaskScope.root("closing");
      Task<Integer> before = root.spawn("before", () -> 1);
      before.get();
      assertThat(before.attachment(TaskTrace.KEY)).isNotNull();
      sdk.shutdown().join(10, TimeUnit.SECONDS);
      Task<Integer> after = root.spawn("after", () -> 1);
      after.get();

      assertThat(after.attachment(TaskTrace.KEY)).isNull();
      assertThat(collector.spans()).isEqualTo(1);
      root.shutdown(Duration.ofSeconds(10));
    }
  }

  private static void run(TaskScope scope, int count) throws Exception {
    List<Task<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(scope.spawn("work", () -> 1));
    }
    for (Task<Integer> task : tasks) {
      assertThat(task.get()).isEqualTo(1);
    }
  }

  private static OpenTelemetrySdk sdk(String tracesUrl, Map<String, String> more) {
    Map<String, String> properties =
        Map.of(
            "otel.service.name", "shop",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.exporter.otlp.traces.endpoint", tracesUrl,
            "otel.exporter.otlp.timeout", "2000",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            "otel.bsp.max.queue.size", Integer.toString(QUEUE),
            "otel.bsp.max.export.batch.size", Integer.toString(QUEUE / 2),
            "otel.java.exporter.otlp.retry.disabled", "true",
            "otel.taskscope.shutdown.traces", "false");
    return AutoConfiguredOpenTelemetrySdk.builder()
        .disableShutdownHook()
        .addPropertiesSupplier(() -> properties)
        .addPropertiesSupplier(() -> more)
        .build()
        .getOpenTelemetrySdk();
  }
}
