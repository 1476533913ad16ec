// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.taskscope.Spans;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TraceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(new CollectedSpans()))
                  .build())
          .setLoggerProvider(
              SdkLoggerProvider.builder()
                  .addLogRecordProcessor(SimpleLogRecordProcessor.create(logs))
                  .build())
          .build();
  private final TaskSpanHook hook =
      new TaskSpanHook(sdk, ExceptionRecorder.of(sdk, null), BridgeOptions.DEFAULT, true);
  private final TaskScope root = TaskScope.root("web", o -> o.hook(hook));
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() throws Exception {
    release.countDown();
    root.shutdown(LONG);
    Strict.assertNoContextLeaked();
  }

  @Test
  void longTask_isToldOfInTheContextOfItsSpan_withWhereItStands() throws Exception {
    Heartbeats heartbeats = Heartbeats.of(hook, sdk, Duration.ofMillis(1));
    Task<?> task = waits(root.child("handlers"), "waits");
    Thread.sleep(2); // it has to be older than the limit
    heartbeats.look();

    LogRecordData log = logs.getFinishedLogRecordItems().getFirst();
    assertThat(logs.getFinishedLogRecordItems()).hasSize(1);
    assertThat(log.getEventName()).isEqualTo("taskscope.task.heartbeat");
    assertThat(log.getSpanContext().getSpanId())
        .isEqualTo(task.attachment(TraceContext.KEY).spanIdHex());
    assertThat(log.getAttributes().get(SpanAttribute.SCOPE_PATH.text())).isEqualTo("/web/handlers");
    assertThat(log.getAttributes().get(SpanAttribute.TASK_ID.number())).isEqualTo(task.id());
    assertThat(log.getAttributes().get(SpanAttribute.TASK_NAME.text())).isEqualTo("waits");
    assertThat(log.getAttributes().get(SpanAttribute.TASK_STATE.text())).isEqualTo("parked");
    assertThat(log.getAttributes().get(SpanAttribute.TASK_AGE.seconds())).isPositive();
    assertThat(log.getAttributes().get(SpanAttribute.STACK_TRACE.text()))
        .contains("CountDownLatch.await");
    assertThat(log.getBodyValue().asString())
        .contains("\"waits\" of /web/handlers is parked after")
        .contains(" at java.base/");
  }

  @Test
  void heartbeats_comeAgainWhenTheAgeHasDoubled_notEveryTime() throws Exception {
    Heartbeats heartbeats = Heartbeats.of(hook, sdk, Duration.ofMillis(1));
    Task<?> task = waits(root, "waits");
    Thread.sleep(2);
    heartbeats.look();
    TaskTrace trace = task.attachment(TaskTrace.KEY);
    long next = trace.nextHeartbeatNanos;
    assertThat(next).isGreaterThanOrEqualTo(Duration.ofMillis(4).toNanos());
    trace.nextHeartbeatNanos = Duration.ofHours(1).toNanos();
    heartbeats.look();
    assertThat(logs.getFinishedLogRecordItems()).hasSize(1);
    trace.nextHeartbeatNanos = 0;
    heartbeats.look();
    assertThat(logs.getFinishedLogRecordItems()).hasSize(2);
  }

  @Test
  void manyLongTasks_areToldOfUpToALimit_andHowManyMore() throws Exception {
    Heartbeats heartbeats = Heartbeats.of(hook, sdk, Duration.ofMillis(1));
    for (int i = 0; i < 130; i++) {
      waits(root, "waits");
    }
    Thread.sleep(2);
    heartbeats.look();

    List<LogRecordData> records = logs.getFinishedLogRecordItems();
    assertThat(records).hasSize(101);
    assertThat(records.getLast().getAttributes().get(SpanAttribute.HEARTBEATS_OMITTED.number()))
        .isEqualTo(30);
    heartbeats.look();
    assertThat(logs.getFinishedLogRecordItems()).hasSizeGreaterThanOrEqualTo(131); // the other 30
  }

  @Test
  void youngEndedAndUntracedTasks_haveNoHeartbeat() throws Exception {
    Heartbeats heartbeats = Heartbeats.of(hook, sdk, Duration.ofMillis(1));
    root.spawn("ended", () -> 1).get();
    waits(root.child("quiet", o -> o.spans(Spans.OFF)), "untraced");
    Thread.sleep(2);
    heartbeats.look();
    Heartbeats.of(hook, sdk, Duration.ofHours(1)).look();

    assertThat(logs.getFinishedLogRecordItems()).isEmpty();
  }

  @Test
  void installedBridge_looksByItself() throws Exception {
    try (OtelBridge bridge =
        OtelBridge.builder(sdk).heartbeatAfter(Duration.ofMillis(20)).install()) {
      assertThat(bridge).isNotNull();
      TaskScope other = TaskScope.root("other");
      waits(other, "waits");
      long deadline = System.nanoTime() + LONG.toNanos();
      while (logs.getFinishedLogRecordItems().isEmpty() && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
      assertThat(logs.getFinishedLogRecordItems()).isNotEmpty();
      release.countDown();
      other.shutdown(LONG);
    }
  }

  @Test
  void withoutALoggerProvider_nothingIsLookedAt() throws Exception {
    List<TaskScope> none = new ArrayList<>();
    Heartbeats heartbeats =
        new Heartbeats(
            hook,
            OpenTelemetry.noop().getLogsBridge().get("test"),
            Duration.ofMillis(1),
            () -> {
              none.add(root);
              return none;
            });
    heartbeats.look();
    assertThat(none).isEmpty();
    assertThat(Heartbeats.of(hook, sdk, Duration.ZERO)).isNull();
  }

  private Task<?> waits(TaskScope scope, String name) throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Task<?> task =
        scope.spawn(
            name,
            () -> {
              running.countDown();
              release.await();
            });
    running.await();
    return task;
  }
}
