// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.logs.TestLogRecordData;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.otel.LogCapture;
import io.taskscope.otel.testing.OtlpReceiver.Behaviour;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OtlpReceiverTest {
  private static final Duration LONG = Duration.ofSeconds(20);

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
  void closeReceiver() {
    receiver.close();
    sdkLog.close();
  }

  @ParameterizedTest
  @EnumSource
  void export_ofSpans_isKeptWithResourceAndAttributes(Protocol protocol) throws Exception {
    try (SpanExporter exporter = spanExporter(protocol)) {
      assertThat(export(exporter).isSuccess()).isTrue();
    }

    List<ReceivedSpan> spans = receiver.awaitSpans(got -> got.size() == 1, LONG);
    ReceivedSpan span = spans.getFirst();
    assertThat(span.name()).isEqualTo("GET /users/{id}");
    assertThat(span.resource()).containsEntry("service.name", "shop");
    assertThat(span.attributes()).containsExactly(Map.entry("answer", 42L));
    assertThat(span.parentSpanId()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void export_ofLogs_isKeptWithResource(Protocol protocol) throws Exception {
    try (LogRecordExporter exporter = logExporter(protocol)) {
      LogRecordData log = TestLogRecordData.builder().setResource(resource()).setBody("hi").build();
      exporter.export(List.of(log)).join(20, TimeUnit.SECONDS);
    }

    List<ReceivedLog> logs = receiver.awaitLogs(got -> got.size() == 1, LONG);
    assertThat(logs.getFirst().log().getBody().getStringValue()).isEqualTo("hi");
    assertThat(logs.getFirst().resource()).containsEntry("service.name", "shop");
  }

  @ParameterizedTest
  @EnumSource
  void export_whenUnavailable_failsAndRecovers(Protocol protocol) throws Exception {
    receiver.behave(Behaviour.UNAVAILABLE);
    try (SpanExporter exporter = spanExporter(protocol)) {
      assertThat(export(exporter).isSuccess()).isFalse();
      assertThat(receiver.requests()).isEqualTo(1);
      assertThat(receiver.spans()).isEmpty();

      receiver.behave(Behaviour.ACCEPT);
      assertThat(export(exporter).isSuccess()).isTrue();
      assertThat(receiver.spans()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void export_whenRefused_failsAndRecoversOnTheSamePort(Protocol protocol) throws Exception {
    receiver.behave(Behaviour.REFUSE);
    try (SpanExporter exporter = spanExporter(protocol)) {
      assertThat(export(exporter).isSuccess()).isFalse();
      assertThat(receiver.requests()).isZero();

      receiver.behave(Behaviour.ACCEPT);
      assertThat(export(exporter).isSuccess()).isTrue();
      assertThat(receiver.spans()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void export_whenHanging_getsNoAnswerUntilTheBehaviourChanges(Protocol protocol) throws Exception {
    receiver.behave(Behaviour.HANG);
    try (SpanExporter exporter = spanExporter(protocol)) {
      CompletableResultCode result = exporter.export(List.of(span()));
      receiver.awaitRequests(1, LONG);
      assertThat(result.join(100, TimeUnit.MILLISECONDS).isDone()).isFalse();

      receiver.behave(Behaviour.ACCEPT);
      assertThat(result.join(20, TimeUnit.SECONDS).isSuccess()).isFalse();
      assertThat(receiver.spans()).isEmpty();
    }
  }

  @Test
  void awaitSpans_thatDoNotCome_saysWhatCame() throws Exception {
    try (SpanExporter exporter = spanExporter(Protocol.HTTP)) {
      assertThat(export(exporter).isSuccess()).isTrue();
    }

    assertThatThrownBy(() -> receiver.awaitSpans(got -> got.size() == 2, Duration.ofMillis(20)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("GET /users/{id}");
    receiver.clear();
    assertThat(receiver.spans()).isEmpty();
  }

  @Test
  void http_withWhatIsNotOtlp_isRefused() throws Exception {
    assertThat(post("/v1/traces", "application/json", "{}")).isEqualTo(415);
    assertThat(post("/v1/traces", "application/x-protobuf", "no protobuf")).isEqualTo(400);
    assertThat(post("/v1/metrics", "application/x-protobuf", "")).isEqualTo(404);
    assertThat(receiver.spans()).isEmpty();
  }

  @Test
  void behave_afterClose_isRefused() {
    receiver.close();
    receiver.close();

    assertThatThrownBy(() -> receiver.behave(Behaviour.ACCEPT))
        .isInstanceOf(IllegalStateException.class);
  }

  private int post(String path, String type, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(receiver.httpEndpoint() + path))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    }
  }

  private SpanExporter spanExporter(Protocol protocol) {
    return switch (protocol) {
      case GRPC ->
          OtlpGrpcSpanExporter.builder()
              .setEndpoint(receiver.grpcEndpoint())
              .setRetryPolicy(null)
              .build();
      case HTTP, HTTP_GZIP ->
          OtlpHttpSpanExporter.builder()
              .setEndpoint(receiver.httpEndpoint() + "/v1/traces")
              .setCompression(protocol == Protocol.HTTP ? "none" : "gzip")
              .setRetryPolicy(null)
              .build();
    };
  }

  private LogRecordExporter logExporter(Protocol protocol) {
    return switch (protocol) {
      case GRPC -> OtlpGrpcLogRecordExporter.builder().setEndpoint(receiver.grpcEndpoint()).build();
      case HTTP, HTTP_GZIP ->
          OtlpHttpLogRecordExporter.builder()
              .setEndpoint(receiver.httpEndpoint() + "/v1/logs")
              .setCompression(protocol == Protocol.HTTP ? "none" : "gzip")
              .build();
    };
  }

  private static CompletableResultCode export(SpanExporter exporter) {
    return exporter.export(List.of(span())).join(20, TimeUnit.SECONDS);
  }

  private static Resource resource() {
    return Resource.builder().put("service.name", "shop").build();
  }

  private static SpanData span() {
    return TestSpanData.builder()
        .setName("GET /users/{id}")
        .setKind(SpanKind.INTERNAL)
        .setResource(resource())
        .setAttributes(Attributes.of(AttributeKey.longKey("answer"), 42L))
        .setStartEpochNanos(1)
        .setEndEpochNanos(2)
        .setHasEnded(true)
        .setStatus(StatusData.unset())
        .build();
  }
}
