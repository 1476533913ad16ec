// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.testing.time.TestClock;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.taskscope.Decision;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A tree of scopes whose tasks are traced by an SDK that the test can look into. */
abstract class TracedTree {
  final CollectedSpans spans = new CollectedSpans();
  final TestClock clock = TestClock.create();
  final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .setClock(spanClock())
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();
  final Tracer tracer = sdk.getTracer("test");

  OtelBridge bridge;
  TaskScope root;

  @BeforeEach
  void install() {
    bridge = configure(OtelBridge.builder(sdk)).install();
    root = TaskScope.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
  }

  /** Whose time spans have. Asked while this is being made. */
  Clock spanClock() {
    return clock;
  }

  /** Shutdowns are told of in a test of their own. */
  OtelBridge.Builder configure(OtelBridge.Builder builder) {
    return builder.shutdownTraces(false);
  }

  @AfterEach
  void close() throws Exception {
    root.shutdown(Duration.ofSeconds(10));
    bridge.close();
    sdk.close();
    Strict.assertNoContextLeaked();
  }

  static Map<String, Object> attributes(SpanData span) {
    return span.getAttributes().asMap().entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().getKey(), Map.Entry::getValue));
  }

  /** The name of the parent of the only span with that name; empty for the root of a trace. */
  String parent(String name) {
    SpanData child = spans.named(name);
    if (!child.getParentSpanContext().isValid()) {
      return "";
    }
    return spans.all().stream()
        .filter(span -> span.getSpanId().equals(child.getParentSpanId()))
        .filter(span -> span.getTraceId().equals(child.getTraceId()))
        .map(SpanData::getName)
        .findFirst()
        .orElseThrow(() -> new AssertionError("the parent of " + name + " is not exported"));
  }
}
