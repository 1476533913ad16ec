// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.Task;
import io.taskscope.TaskTimes;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What spans have of the agent, with the real one. */
@Timeout(120)
class AgentSpansIT extends TracedTree {
  @Override
  Clock spanClock() {
    return Clock.getDefault(); // the agent's time is real
  }

  @Test
  void span_hasTheSplitOfItsDuration() throws Exception {
    Task<Long> task =
        root.spawn(
            "sleepy",
            () -> {
              long start = System.nanoTime();
              for (int i = 0; i < 5; i++) {
                Thread.sleep(30);
              }
              return System.nanoTime() - start;
            });
    double slept = task.get() / 1e9;
    root.join();

    SpanData span = spans.named("sleepy");
    TaskTimes times = task.times();
    Map<String, Object> attributes = attributes(span);
    assertThat(attributes)
        .containsEntry("taskscope.task.running_time", SpanContent.seconds(times.running()))
        .containsEntry("taskscope.task.queued_time", SpanContent.seconds(times.queued()))
        .containsEntry("taskscope.task.parked_time", SpanContent.seconds(times.parked()))
        .containsEntry("taskscope.task.steps", times.steps());
    assertThat(times.steps()).isGreaterThan(5);
    double parked = seconds(attributes, "parked");
    assertThat(parked).isGreaterThan(0.1).isLessThan(slept);
    double duration =
        (double) (span.getEndEpochNanos() - span.getStartEpochNanos())
            / TimeUnit.SECONDS.toNanos(1);
    assertThat(parked + seconds(attributes, "running") + seconds(attributes, "queued"))
        .isCloseTo(duration, Offset.offset(0.1 * duration));
  }

  private static double seconds(Map<String, Object> attributes, String part) {
    return (Double) Objects.requireNonNull(attributes.get("taskscope.task." + part + "_time"));
  }

  @Test
  void rawVirtualThread_isAChildOfTheTaskThatStartedIt_withItsBaggage() throws Exception {
    assertAdopted(body -> Thread.ofVirtual().name("raw").start(body));
  }

  @Test
  void rawPlatformThread_isAChildOfTheTaskThatStartedIt_withItsBaggage() throws Exception {
    assertAdopted(body -> Thread.ofPlatform().name("raw").start(body));
  }

  private interface Starter {
    Thread start(Runnable body);
  }

  private void assertAdopted(Starter starter) throws Exception {
    CompletableFuture<String> tenant = new CompletableFuture<>();
    CompletableFuture<String> traceId = new CompletableFuture<>();
    root.call(
        "request",
        () -> {
          Baggage baggage = Baggage.current().toBuilder().put("tenant", "acme").build();
          try (Scope current = baggage.makeCurrent()) {
            assertThat(current).isNotNull();
            starter
                .start(
                    () -> {
                      tenant.complete(Baggage.current().getEntryValue("tenant"));
                      traceId.complete(
                          io.opentelemetry.api.trace.Span.current().getSpanContext().getTraceId());
                    })
                .join();
          }
        });
    root.join();

    SpanData adopted = spans.named("raw");
    assertThat(tenant.get()).isEqualTo("acme");
    assertThat(traceId.get()).isEqualTo(adopted.getTraceId());
    assertThat(adopted.getParentSpanId()).isEqualTo(spans.named("request").getSpanId());
    assertThat(attributes(adopted)).containsEntry("taskscope.task.origin", "adopted");
  }
}
