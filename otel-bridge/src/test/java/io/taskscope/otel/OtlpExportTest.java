// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.Decision;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.otel.SpanDrops.Reason;
import io.taskscope.otel.sdk.DropCountingMeterProvider;
import io.taskscope.otel.sdk.DropCountingSpanExporter;
import io.taskscope.otel.testing.OtlpReceiver;
import io.taskscope.otel.testing.OtlpReceiver.Behaviour;
import io.taskscope.otel.testing.ReceivedLog;
import io.taskscope.otel.testing.ReceivedSpan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a task to what a collector gets, over the wire. */
class OtlpExportTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final BridgeOptions TASKS_ONLY = BridgeOptions.DEFAULT.withShutdownTraces(false);

  private final SpanDrops drops = new SpanDrops();
  private final LogCapture log = new LogCapture("io.taskscope.otel");
  private final LogCapture sdkLog = new LogCapture("io.opentelemetry");
  private OtlpReceiver receiver;

  enum Protocol {
    GRPC,
    HTTP,
    HTTP_GZIP
  }

  @BeforeEach
  void startReceiver() throws Exception {
    receiver = OtlpReceiver.start();
  }

  @AfterEach
  void close() throws Exception {
    receiver.close();
    log.close();
    sdkLog.close();
    Strict.assertNoContextLeaked();
  }

  @ParameterizedTest
  @EnumSource
  void tasks_reachTheCollectorAsATree(Protocol protocol) throws Exception {
    try (OpenTelemetrySdk sdk = sdk(protocol, 1000);
        OtelBridge bridge = tasksOnly(sdk)) {
      assertThat(bridge).isNotNull();
      TaskScope root = TaskScope.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
      TaskScope handlers = root.child("app-a").child("handlers");
      handlers.call(
          "GET /users/{id}",
          () -> {
            handlers.spawn("load user", () -> "ada").get();
            handlers.spawn("load cart", OtlpExportTest::fail);
          });
      root.shutdown(LONG);
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
    }

    Map<String, ReceivedSpan> spans =
        receiver.awaitSpans(got -> got.size() >= 3, LONG).stream()
            .collect(Collectors.toMap(ReceivedSpan::name, Function.identity()));
    ReceivedSpan request = spans.get("GET /users/{id}");
    ReceivedSpan user = spans.get("load user");
    ReceivedSpan cart = spans.get("load cart");

    assertThat(request.parentSpanId()).isEmpty();
    assertThat(user.parentSpanId()).isEqualTo(request.spanId());
    assertThat(cart.parentSpanId()).isEqualTo(request.spanId());
    assertThat(spans.values())
        .allSatisfy(
            span -> {
              assertThat(span.traceId()).isEqualTo(request.traceId());
              assertThat(span.resource()).containsEntry("service.name", "shop");
              assertThat(span.scope()).isEqualTo("io.taskscope.otel");
              assertThat(span.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_INTERNAL);
              assertThat(span.span().getEndTimeUnixNano())
                  .isGreaterThanOrEqualTo(span.span().getStartTimeUnixNano());
              assertThat(span.attributes())
                  .containsEntry("taskscope.scope.path", "/web/app-a/handlers")
                  .containsKeys(
                      "taskscope.task.id",
                      "taskscope.task.queued_time",
                      "taskscope.task.running_time",
                      "thread.id",
                      "code.function.name")
                  .doesNotContainKeys("taskscope.task.parked_time", "taskscope.task.steps");
            });
    assertThat(request.attributes())
        .containsEntry("taskscope.task.origin", "called")
        .containsEntry("taskscope.task.outcome", "success");
    assertThat(user.span().getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertThat(cart.span().getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(cart.attributes())
        .containsEntry("taskscope.task.origin", "spawned")
        .containsEntry("taskscope.task.outcome", "failure")
        .containsEntry("error.type", "java.lang.IllegalStateException");
    assertThat(cart.span().getEventsList()).hasSize(1);
    assertThat(drops.total()).isZero();
    assertCompressed(protocol);
  }

  @ParameterizedTest
  @EnumSource
  void linkOfDetachedWorkAndItsHeartbeat_reachTheCollector(Protocol protocol) throws Exception {
    ReceivedLog heartbeat;
    try (OpenTelemetrySdk sdk = sdk(protocol, 1000);
        OtelBridge bridge =
            OtelBridge.builder(sdk)
                .shutdownTraces(false)
                .heartbeatAfter(Duration.ofMillis(20))
                .install()) {
      assertThat(bridge).isNotNull();
      TaskScope root = TaskScope.root("web");
      TaskScope background = root.child("background");
      CountDownLatch release = new CountDownLatch(1);
      root.child("handlers")
          .call("request", () -> background.spawn("send mail", () -> release.await()));
      heartbeat = receiver.awaitLogs(got -> !got.isEmpty(), LONG).getFirst();
      release.countDown();
      root.shutdown(LONG);
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
    }

    Map<String, ReceivedSpan> spans =
        receiver.awaitSpans(got -> got.size() == 2, LONG).stream()
            .collect(Collectors.toMap(ReceivedSpan::name, Function.identity()));
    ReceivedSpan mail = spans.get("send mail");
    assertThat(mail.parentSpanId()).isEmpty();
    assertThat(mail.traceId()).isNotEqualTo(spans.get("request").traceId());
    assertThat(mail.linkedSpanIds()).containsExactly(spans.get("request").spanId());
    assertThat(heartbeat.traceId()).isEqualTo(mail.traceId());
    assertThat(heartbeat.spanId()).isEqualTo(mail.spanId());
    assertThat(heartbeat.log().getEventName()).isEqualTo("taskscope.task.heartbeat");
    assertThat(heartbeat.resource()).containsEntry("service.name", "shop");
    assertThat(heartbeat.attributes())
        .containsEntry("taskscope.scope.path", "/web/background")
        .containsEntry("taskscope.task.name", "send mail")
        .containsKeys("taskscope.task.age", "taskscope.task.state", "code.stacktrace");
    assertCompressed(protocol);
  }

  /** Of spans and logs, or nothing. */
  private void assertCompressed(Protocol protocol) {
    assertThat(receiver.requests()).isPositive();
    assertThat(receiver.compressedRequests())
        .isEqualTo(protocol == Protocol.HTTP_GZIP ? receiver.requests() : 0);
  }

  @Test
  void exceptions_asLogs_carryTheIdsOfTheSpan() throws Exception {
    try (OpenTelemetrySdk sdk = sdk(Protocol.HTTP, 1000)) {
      TaskScope root =
          TaskScope.root(
              "web",
              o ->
                  o.hook(
                      new TaskSpanHook(sdk, ExceptionRecorder.of(sdk, "logs"), TASKS_ONLY, false)));
      assertThatThrownBy(() -> root.call("load", OtlpExportTest::fail))
          .isInstanceOf(IllegalStateException.class);
      root.shutdown(LONG);
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
    }

    ReceivedSpan span = receiver.awaitSpans(got -> got.size() == 1, LONG).getFirst();
    ReceivedLog record = receiver.awaitLogs(got -> got.size() == 1, LONG).getFirst();
    assertThat(span.span().getEventsList()).isEmpty();
    assertThat(record.traceId()).isEqualTo(span.traceId());
    assertThat(record.spanId()).isEqualTo(span.spanId());
    assertThat(record.log().getEventName()).isEqualTo("taskscope.task.exception");
    assertThat(record.attributes())
        .containsEntry("exception.type", "java.lang.IllegalStateException")
        .containsEntry("taskscope.scope.path", "/web");
  }

  @ParameterizedTest
  @EnumSource
  void collectorThatIsDown_costsTasksNothingAndLossesAreCounted(Protocol protocol)
      throws Exception {
    receiver.behave(Behaviour.REFUSE);
    try (OpenTelemetrySdk sdk = sdk(protocol, 1000);
        OtelBridge bridge = tasksOnly(sdk)) {
      assertThat(bridge).isNotNull();
      TaskScope root = TaskScope.root("web");
      run(root, 10);
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
      assertThat(drops.counts()).containsEntry("export_failed", 10L);
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().getFirst()).startsWith("WARNING cannot export spans to");

      receiver.behave(Behaviour.ACCEPT);
      run(root, 5);
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
      root.shutdown(LONG);
    }

    assertThat(receiver.awaitSpans(got -> got.size() == 5, LONG)).hasSize(5);
    assertThat(drops.total()).isEqualTo(10);
    assertThat(log.lines()).hasSize(2);
    assertThat(log.lines().getLast()).startsWith("INFO").contains("10 spans were lost");
  }

  @ParameterizedTest
  @EnumSource
  void collectorThatHangs_costsTasksNothingAndEveryLossIsCounted(Protocol protocol)
      throws Exception {
    int tasks = 50;
    receiver.behave(Behaviour.HANG);
    try (OpenTelemetrySdk sdk = sdk(protocol, 8);
        OtelBridge bridge = tasksOnly(sdk)) {
      assertThat(bridge).isNotNull();
      TaskScope root = TaskScope.root("web");
      run(root, 4); // a batch, which is on its way from now on
      receiver.awaitRequests(1, LONG);
      run(root, tasks - 4); // all end while the collector hangs
      assertThat(drops.count(Reason.QUEUE_FULL)).isPositive();

      receiver.behave(Behaviour.ACCEPT);
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
      root.shutdown(LONG);
    }

    // What the SDK logs itself, and is to be silenced, comes from the loggers the README names.
    String readme = Files.readString(Path.of("README.md"));
    assertThat(sdkLog.names())
        .hasSize(2)
        .allSatisfy(name -> assertThat(readme).contains(name + ".level = OFF"));
    assertThat(drops.count(Reason.EXPORT_FAILED)).isEqualTo(4);
    assertThat(receiver.spans()).isNotEmpty();
    assertThat(receiver.spans().size() + drops.total()).isEqualTo(tasks);
  }

  private static OtelBridge tasksOnly(OpenTelemetrySdk sdk) {
    return OtelBridge.builder(sdk).shutdownTraces(false).install();
  }

  private static void run(TaskScope scope, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Task<Integer> task = scope.spawn("work", () -> 1);
      assertThat(task.get()).isEqualTo(1);
    }
  }

  private static void fail() {
    throw new IllegalStateException("no cart");
  }

  private OpenTelemetrySdk sdk(Protocol protocol, int queue) {
    Resource resource = Resource.builder().put("service.name", "shop").build();
    BatchSpanProcessor processor =
        BatchSpanProcessor.builder(
                DropCountingSpanExporter.create(exporter(protocol), drops, "the receiver"))
            .setMeterProvider(DropCountingMeterProvider.create(drops, MeterProvider.noop()))
            .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
            .setScheduleDelay(Duration.ofHours(1)) // only a full batch or a flush exports
            .setMaxQueueSize(queue)
            .setMaxExportBatchSize(queue / 2)
            .build();
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder().setResource(resource).addSpanProcessor(processor).build())
        .setLoggerProvider(
            SdkLoggerProvider.builder()
                .setResource(resource)
                .addLogRecordProcessor(
                    SimpleLogRecordProcessor.create(
                        OtlpHttpLogRecordExporter.builder()
                            .setEndpoint(receiver.httpEndpoint() + "/v1/logs")
                            .setCompression(compression(protocol))
                            .build()))
                .build())
        .build();
  }

  private SpanExporter exporter(Protocol protocol) {
    return switch (protocol) {
      case GRPC ->
          OtlpGrpcSpanExporter.builder()
              .setEndpoint(receiver.grpcEndpoint())
              .setRetryPolicy(null)
              .build();
      case HTTP, HTTP_GZIP ->
          OtlpHttpSpanExporter.builder()
              .setEndpoint(receiver.httpEndpoint() + "/v1/traces")
              .setCompression(compression(protocol))
              .setRetryPolicy(null)
              .build();
    };
  }

  private static String compression(Protocol protocol) {
    return protocol == Protocol.HTTP_GZIP ? "gzip" : "none";
  }
}
