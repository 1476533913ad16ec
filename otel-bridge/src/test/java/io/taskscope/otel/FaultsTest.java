// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.hook.TraceContext;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens when the SDK or the application misbehaves, or wants no spans. */
class FaultsTest {
  private final CollectedSpans spans = new CollectedSpans();
  private final LogCapture hookLog = new LogCapture("io.taskscope.hooks");
  private final LogCapture sdkLog = new LogCapture("io.opentelemetry");
  private TaskScope root;

  @AfterEach
  void close() throws Exception {
    hookLog.close();
    sdkLog.close();
    root.shutdown(Duration.ofSeconds(10));
    Strict.assertNoContextLeaked();
  }

  @Test
  void processorThatThrowsOnStart_doesNotReachTheTask() throws Exception {
    root(sdk(new ThrowingProcessor(true, false)));

    Context before = Context.current();
    assertThat(root.spawn("spawned", () -> 1).get()).isEqualTo(1);
    assertThat(root.<Integer, RuntimeException>call("called", () -> 2)).isEqualTo(2);
    assertThat(Context.current()).isSameAs(before);
    assertThat(failures("taskCreated")).isPositive();
  }

  @Test
  void processorThatThrowsOnEnd_doesNotReachTheTaskAndTheContextIsRestored() throws Exception {
    root(sdk(new ThrowingProcessor(false, true)));

    Context before = Context.current();
    assertThat(root.spawn("spawned", () -> 1).get()).isEqualTo(1);
    assertThat(root.<Integer, RuntimeException>call("called", () -> 2)).isEqualTo(2);
    assertThat(Context.current()).isSameAs(before);
    assertThat(failures("taskFinished")).isPositive();
  }

  @Test
  void exporterThatThrows_doesNotReachTheTask() throws Exception {
    root(sdk(SimpleSpanProcessor.create(new ThrowingExporter())));

    assertThat(root.spawn("spawned", () -> 1).get()).isEqualTo(1);
    assertThat(root.<Integer, RuntimeException>call("called", () -> 2)).isEqualTo(2);
  }

  @Test
  void exceptionThatCannotBeRead_isStillAnErrorAndNoFaultOfTheHook() throws Exception {
    root(sdk(SimpleSpanProcessor.create(spans)));
    long failuresBefore = failures("taskFinished");

    assertThatThrownBy(
            () ->
                root.call(
                    "called",
                    () -> {
                      throw new Unreadable();
                    }))
        .isInstanceOf(Unreadable.class);

    SpanData span = spans.named("called");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getAttributes().asMap())
        .containsEntry(SpanAttribute.ERROR_TYPE.text(), Unreadable.class.getName());
    assertThat(failures("taskFinished")).isEqualTo(failuresBefore);
  }

  @Test
  void spanThatIsNotSampled_isCurrentAndHandsDownItsDecision() throws Exception {
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setSampler(Sampler.parentBased(Sampler.alwaysOff()))
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build();
    root(OpenTelemetrySdk.builder().setTracerProvider(provider).build());

    Task<SpanContext> outer =
        root.spawn(
            "outer",
            () -> {
              Task<SpanContext> inner = root.spawn("inner", () -> Span.current().getSpanContext());
              assertThat(inner.get().getTraceId())
                  .isEqualTo(Span.current().getSpanContext().getTraceId());
              return Span.current().getSpanContext();
            });

    assertThat(outer.get().isValid()).isTrue();
    assertThat(outer.get().isSampled()).isFalse();
    TraceContext ids = outer.attachment(TraceContext.KEY);
    assertThat(ids.spanIdHex()).isEqualTo(outer.get().getSpanId());
    assertThat(ids.sampled()).isFalse();
    assertThat(spans.all()).isEmpty();
  }

  @Test
  void spanLimits_ofTheSdk_holdForTasks() throws Exception {
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setSpanLimits(
                SpanLimits.builder()
                    .setMaxNumberOfAttributes(3)
                    .setMaxAttributeValueLength(4)
                    .setMaxNumberOfEvents(1)
                    .build())
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build();
    root(OpenTelemetrySdk.builder().setTracerProvider(provider).build());

    root.child("handlers").spawn("handle", () -> 1).get();

    SpanData span = spans.await(ended -> !ended.isEmpty()).getFirst();
    assertThat(span.getAttributes().size()).isEqualTo(3);
    assertThat(span.getTotalAttributeCount()).isGreaterThan(3); // the backend is told how many
    assertThat(span.getAttributes().get(SpanAttribute.SCOPE_PATH.text())).isEqualTo("/web");
  }

  @Test
  void sampler_seesThePath() throws Exception {
    Sampler onlyHandlers =
        new Sampler() {
          @Override
          public SamplingResult shouldSample(
              Context parent,
              String traceId,
              String name,
              SpanKind kind,
              Attributes attributes,
              List<LinkData> links) {
            return "/web/handlers".equals(attributes.get(SpanAttribute.SCOPE_PATH.text()))
                ? SamplingResult.recordAndSample()
                : SamplingResult.drop();
          }

          @Override
          public String getDescription() {
            return "only /web/handlers";
          }
        };
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setSampler(onlyHandlers)
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build();
    root(OpenTelemetrySdk.builder().setTracerProvider(provider).build());

    root.child("timers").spawn("tick", () -> 1).get();
    root.child("handlers").spawn("handle", () -> 1).get();

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("handle");
  }

  @Test
  void withoutAnSdk_tasksRunAndHaveNoIdsOfTheirOwn() throws Exception {
    root(OpenTelemetry.noop());
    SpanContext remote =
        SpanContext.createFromRemoteParent(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.getDefault());

    try (Scope ignored = Span.wrap(remote).makeCurrent()) {
      Task<SpanContext> task = root.spawn("read", () -> Span.current().getSpanContext());
      assertThat(task.get()).isEqualTo(remote);
      assertThat(task.attachment(TraceContext.KEY)).isNull();
    }
    Task<SpanContext> task = root.spawn("read", () -> Span.current().getSpanContext());
    assertThat(task.get().isValid()).isFalse();
    assertThat(task.attachment(TraceContext.KEY)).isNull();
  }

  @Test
  void install_withoutOpenTelemetry_isRefused() throws Exception {
    root(OpenTelemetry.noop());

    assertThatThrownBy(() -> OtelBridge.install(null)).isInstanceOf(NullPointerException.class);
  }

  private void root(OpenTelemetry openTelemetry) {
    TaskHook hook =
        OtelBridge.hook(openTelemetry); // of its own for each test, so never quarantined
    root = TaskScope.root("web", o -> o.hook(hook));
  }

  private static OpenTelemetry sdk(SpanProcessor processor) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(processor).build())
        .build();
  }

  private static long failures(String method) {
    return Hooks.status().stream()
        .filter(status -> status.hook().equals(TaskSpanHook.class.getName()))
        .map(HookStatus::failures)
        .mapToLong(failures -> failures.getOrDefault(method, 0L))
        .sum();
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("cannot be read");
    }
  }

  private record ThrowingProcessor(boolean onStart, boolean onEnd) implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      throw new IllegalStateException("processor of the test, on start");
    }

    @Override
    public boolean isStartRequired() {
      return onStart;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      throw new IllegalStateException("processor of the test, on end");
    }

    @Override
    public boolean isEndRequired() {
      return onEnd;
    }
  }

  private static final class ThrowingExporter implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
      throw new IllegalStateException("exporter of the test");
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
