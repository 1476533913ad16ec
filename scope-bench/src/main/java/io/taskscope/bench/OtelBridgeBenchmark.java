// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.taskscope.Spans;
import io.taskscope.TaskScope;
import io.taskscope.otel.OtelBridge;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a span of a task costs beside one made by hand that says the same: started with the path,
 * made current for the body, with the same attributes, ended. The bridge's share of a called task
 * is {@code bridge - noBridge}; that, beside {@code bareSpan}, is the ratio of interest. Where
 * spans are off, {@code bridgeOff} must allocate what {@code noBridge} does.
 */
public class OtelBridgeBenchmark extends NanosBenchmark {
  private static final AttributeKey<String> PATH = AttributeKey.stringKey("taskscope.scope.path");
  private static final AttributeKey<Long> ID = AttributeKey.longKey("taskscope.task.id");
  private static final AttributeKey<String> ORIGIN =
      AttributeKey.stringKey("taskscope.task.origin");
  private static final AttributeKey<String> FUNCTION = AttributeKey.stringKey("code.function.name");
  private static final AttributeKey<Long> THREAD_ID = AttributeKey.longKey("thread.id");
  private static final AttributeKey<String> THREAD_NAME = AttributeKey.stringKey("thread.name");
  private static final AttributeKey<String> OUTCOME =
      AttributeKey.stringKey("taskscope.task.outcome");
  private static final AttributeKey<Double> RUNNING =
      AttributeKey.doubleKey("taskscope.task.running_time");
  private static final AttributeKey<Double> QUEUED =
      AttributeKey.doubleKey("taskscope.task.queued_time");

  /** Whether the sampler takes the spans. */
  @Param({"true", "false"})
  public boolean sampled;

  private final TaskScope none = TaskScope.root("none");
  private OpenTelemetrySdk sdk = OpenTelemetrySdk.builder().build(); // made anew below
  private Tracer tracer = sdk.getTracer("unused");
  private TaskScope traced = none;
  private TaskScope off = none;

  @Setup
  public void open() {
    OpenTelemetrySdk made =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff())
                    .addSpanProcessor(new Discarding())
                    .build())
            .build();
    sdk = made;
    tracer = made.getTracer("bench");
    traced = TaskScope.root("traced", o -> o.hook(OtelBridge.hook(made)));
    off = TaskScope.root("off", o -> o.hook(OtelBridge.hook(made)).spans(Spans.OFF));
  }

  /** Takes spans as a processor that exports would, and forgets them. */
  private static final class Discarding implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  @TearDown
  public void close() {
    none.shutdown(Duration.ofSeconds(10));
    traced.shutdown(Duration.ofSeconds(10));
    off.shutdown(Duration.ofSeconds(10));
    sdk.close();
  }

  @Benchmark
  @SuppressWarnings("try") // the scope is there to be closed
  public Span bareSpan() {
    Span span =
        tracer
            .spanBuilder("task")
            .setParent(Context.current())
            .setAttribute(PATH, "/traced")
            .startSpan();
    boolean recording = span.isRecording();
    if (recording) {
      span.setAttribute(ID, 4711L);
      span.setAttribute(ORIGIN, "called");
      span.setAttribute(FUNCTION, "io.taskscope.bench.OtelBridgeBenchmark.lambda");
    }
    try (Scope ignored = Context.current().with(span).makeCurrent()) {
      if (recording) {
        Thread thread = Thread.currentThread();
        span.setAttribute(THREAD_ID, thread.threadId());
        span.setAttribute(THREAD_NAME, thread.getName());
      }
      return Span.current();
    } finally {
      if (recording) {
        span.setAttribute(OUTCOME, "success");
        span.setAttribute(RUNNING, 1.5);
        span.setAttribute(QUEUED, 0.5);
      }
      span.end();
    }
  }

  @Benchmark
  public Span noBridge() {
    return none.call("task", Span::current);
  }

  @Benchmark
  public Span bridge() {
    return traced.call("task", Span::current);
  }

  @Benchmark
  public Span bridgeOff() {
    return off.call("task", Span::current);
  }
}
