// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.process;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.Decision;
import io.taskscope.Policy;
import io.taskscope.RaceMode;
import io.taskscope.TaskScope;
import io.taskscope.otel.OtelBridge;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A request of a shop with all there is: a call, a task, a race, a block, a failure, and work left
 * behind.
 */
final class TracedShop {
  /** How many spans the trace of the request has. */
  static final int SPANS = 8;

  private TracedShop() {}

  /**
   * Serves one request, exports its spans, shuts down, and answers the id of the request's trace.
   */
  static String serve(SpanExporter exporter) throws Exception {
    try (OpenTelemetrySdk sdk =
            OpenTelemetrySdk.builder()
                .setTracerProvider(
                    SdkTracerProvider.builder()
                        .setResource(Resource.builder().put("service.name", "shop").build())
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                        .build())
                .build();
        OtelBridge bridge = OtelBridge.install(sdk)) {
      TaskScope web = TaskScope.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
      TaskScope handlers = web.child("handlers");
      TaskScope background = web.child("background");
      String traceId = handlers.call("find user", () -> request(handlers, background));
      web.shutdown(Duration.ofSeconds(10));
      sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
      return traceId;
    }
  }

  private static String request(TaskScope handlers, TaskScope background) throws Exception {
    handlers.spawn("load user", () -> Thread.sleep(20)).get();
    TaskScope.race(
        "mirrors",
        RaceMode.FIRST_SUCCESS,
        List.of(() -> 1, () -> new CountDownLatch(1).await(9, TimeUnit.SECONDS) ? 2 : 3));
    try (TaskScope checkout = TaskScope.open("checkout", o -> o.policy(Policy.SUPERVISE))) {
      checkout.spawn("price", () -> Thread.sleep(30));
      checkout.spawn(
          "stock",
          () -> {
            throw new IllegalStateException("sold out");
          });
      checkout.join();
    }
    background.spawn("send mail", () -> 1).get();
    return Span.current().getSpanContext().getTraceId();
  }
}
