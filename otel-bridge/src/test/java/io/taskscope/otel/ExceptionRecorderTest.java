// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.OpenTelemetrySdkBuilder;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExceptionRecorderTest {
  private static final String PROPERTY = "otel.semconv.exception.signal.opt-in";

  private final CollectedSpans spans = new CollectedSpans();
  private final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();
  private final LogCapture warnings = new LogCapture("io.taskscope.otel");

  @AfterEach
  void close() throws Exception {
    System.clearProperty(PROPERTY);
    warnings.close();
    Strict.assertNoContextLeaked();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "")
  void notOptedIn_recordsASpanEvent(String signal) {
    fail(sdk(Sampler.alwaysOn(), true), signal);

    assertThat(spans.named("load").getEvents()).hasSize(1);
    assertThat(logs.getFinishedLogRecordItems()).isEmpty();
    assertThat(warnings.lines()).isEmpty();
  }

  @Test
  void logs_recordsALogInTheContextOfTheSpan() {
    fail(sdk(Sampler.alwaysOn(), true), "logs");

    SpanData span = spans.named("load");
    assertThat(span.getEvents()).isEmpty();
    assertThat(span.getAttributes().get(stringKey("error.type")))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(logs.getFinishedLogRecordItems()).hasSize(1);
    LogRecordData log = logs.getFinishedLogRecordItems().getFirst();
    assertThat(log.getSpanContext()).isEqualTo(span.getSpanContext());
    assertThat(log.getSeverity()).isEqualTo(Severity.ERROR);
    assertThat(log.getEventName()).isEqualTo("taskscope.task.exception");
    assertThat(log.getAttributes().get(stringKey("exception.type")))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(log.getAttributes().get(stringKey("exception.message"))).isEqualTo("no luck");
    assertThat(log.getAttributes().get(stringKey("exception.stacktrace")))
        .contains("ExceptionRecorderTest");
    assertThat(log.getAttributes().get(stringKey("taskscope.scope.path"))).isEqualTo("/web");
  }

  @Test
  void logsDup_recordsBoth() {
    fail(sdk(Sampler.alwaysOn(), true), "logs/dup");

    assertThat(spans.named("load").getEvents()).hasSize(1);
    assertThat(logs.getFinishedLogRecordItems()).hasSize(1);
  }

  @Test
  void logs_ofASpanThatIsNotSampled_areStillRecorded() {
    fail(sdk(Sampler.alwaysOff(), true), "logs");

    assertThat(spans.all()).isEmpty();
    assertThat(logs.getFinishedLogRecordItems()).hasSize(1);
    assertThat(logs.getFinishedLogRecordItems().getFirst().getSpanContext().isSampled()).isFalse();
  }

  @Test
  void logs_withoutALoggerProvider_recordsASpanEventAndSaysSo() {
    fail(sdk(Sampler.alwaysOn(), false), "logs");

    assertThat(spans.named("load").getEvents()).hasSize(1);
    assertThat(warnings.lines())
        .singleElement()
        .asString()
        .startsWith("WARNING OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN is \"logs\"")
        .contains("no logger provider");
  }

  @Test
  void unknownValue_recordsASpanEventAndSaysSo() {
    fail(sdk(Sampler.alwaysOn(), true), "both");

    assertThat(spans.named("load").getEvents()).hasSize(1);
    assertThat(logs.getFinishedLogRecordItems()).isEmpty();
    assertThat(warnings.lines())
        .singleElement()
        .asString()
        .startsWith("WARNING OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN is \"both\"")
        .contains("\"logs\"", "\"logs/dup\"");
  }

  @Test
  void bridge_takesTheValueOfTheSystemProperty() {
    System.setProperty(PROPERTY, "logs");
    fail(OtelBridge.hook(sdk(Sampler.alwaysOn(), true)));

    assertThat(spans.named("load").getEvents()).isEmpty();
    assertThat(logs.getFinishedLogRecordItems()).hasSize(1);
  }

  private static void fail(OpenTelemetrySdk sdk, String signal) {
    fail(new TaskSpanHook(sdk, ExceptionRecorder.of(sdk, signal), BridgeOptions.DEFAULT, false));
  }

  private static void fail(TaskHook hook) {
    TaskScope root = TaskScope.root("web", o -> o.hook(hook));
    assertThatThrownBy(
            () ->
                root.call(
                    "load",
                    () -> {
                      throw new IllegalStateException("no luck");
                    }))
        .isInstanceOf(IllegalStateException.class);
    root.shutdown(Duration.ofSeconds(10));
  }

  private OpenTelemetrySdk sdk(Sampler sampler, boolean withLogs) {
    OpenTelemetrySdkBuilder sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setSampler(sampler)
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build());
    if (withLogs) {
      sdk.setLoggerProvider(
          SdkLoggerProvider.builder()
              .addLogRecordProcessor(SimpleLogRecordProcessor.create(logs))
              .build());
    }
    return sdk.build();
  }
}
