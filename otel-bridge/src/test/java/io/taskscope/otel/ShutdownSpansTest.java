// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.ShutdownPhase;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.otel.internal.ShutdownsUnderWay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A shutdown is a trace of its own. */
class ShutdownSpansTest extends TracedTree {
  @Override
  OtelBridge.Builder configure(OtelBridge.Builder builder) {
    return builder;
  }

  @Test
  void shutdown_isATraceOfScopesAndPhases_withWhatWasAbandoned() throws Exception {
    TaskScope handlers =
        root.child(
            "handlers",
            o -> o.drainTimeout(Duration.ofMillis(20)).cancelTimeout(Duration.ofMillis(20)));
    TaskScope timers = root.child("timers");
    root.own("pool", () -> {});
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    handlers.spawn(
        "stubborn",
        () -> {
          running.countDown();
          boolean ended = false;
          while (!ended) {
            try {
              release.await();
              ended = true;
            } catch (InterruptedException stubborn) {
              // That is the point.
            }
          }
        });
    running.await();
    assertThat(timers.isShuttingDown()).isFalse();
    root.shutdown(Duration.ofSeconds(20));
    release.countDown();
    spans.await(ended -> ended.stream().anyMatch(s -> s.getName().equals("shutdown /web")));

    List<SpanData> trace =
        spans.all().stream().filter(span -> !span.getName().equals("stubborn")).toList();
    assertThat(trace)
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder(
            "shutdown /web",
            "resources",
            "shutdown /web/handlers",
            "drain",
            "cancel",
            "shutdown /web/timers");
    assertThat(trace).extracting(SpanData::getTraceId).containsOnly(trace.getFirst().getTraceId());
    assertThat(parent("shutdown /web")).isEmpty();
    assertThat(parent("shutdown /web/handlers")).isEqualTo("shutdown /web");
    assertThat(parent("shutdown /web/timers")).isEqualTo("shutdown /web");
    assertThat(parent("drain")).isEqualTo("shutdown /web/handlers");
    assertThat(parent("cancel")).isEqualTo("shutdown /web/handlers");
    assertThat(parent("resources")).isEqualTo("shutdown /web");

    SpanData top = spans.named("shutdown /web");
    SpanData ofHandlers = spans.named("shutdown /web/handlers");
    assertThat(top.getStartEpochNanos()).isLessThanOrEqualTo(ofHandlers.getStartEpochNanos());
    assertThat(attributes(top)).containsEntry("taskscope.shutdown.result", "abandoned");
    assertThat(ofHandlers.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(attributes(spans.named("drain")))
        .containsEntry("taskscope.shutdown.phase", "drain")
        .containsEntry("taskscope.shutdown.result", "cancelled")
        .containsEntry("taskscope.shutdown.tasks_at_start", 1L)
        .containsEntry("taskscope.shutdown.tasks_at_end", 1L)
        .containsKey("taskscope.shutdown.duration");
    EventData event = ofHandlers.getEvents().getFirst();
    assertThat(event.getName()).isEqualTo("taskscope.task.abandoned");
    assertThat(event.getAttributes().get(SpanAttribute.TASK_NAME.text())).isEqualTo("stubborn");
    assertThat(event.getAttributes().get(SpanAttribute.STACK_TRACE.text()))
        .contains("ShutdownSpansTest");
    assertThat(event.getAttributes().get(SpanAttribute.TASK_AGE.seconds())).isPositive();
  }

  @Test
  void shutdownOfAPart_isATraceOfThatPart() throws Exception {
    TaskScope app = root.child("app");
    app.child("handlers");
    app.shutdown(Duration.ofSeconds(20));
    spans.await(ended -> ended.stream().anyMatch(s -> s.getName().equals("shutdown /web/app")));

    assertThat(parent("shutdown /web/app")).isEmpty();
    assertThat(parent("shutdown /web/app/handlers")).isEqualTo("shutdown /web/app");
    assertThat(spans.all()).hasSize(2);
  }

  @Test
  void twoBridges_makeOneTrace() throws Exception {
    try (OtelBridge second = OtelBridge.install(sdk)) {
      assertThat(second).isNotNull();
      TaskScope app = root.child("app");
      app.call("work", () -> TaskScope.open("block").close());
      app.shutdown(Duration.ofSeconds(20));
      spans.await(ended -> ended.stream().anyMatch(s -> s.getName().equals("shutdown /web/app")));
    }

    assertThat(spans.all())
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder("block", "work", "shutdown /web/app");
  }

  @Test
  void hookOfASubtree_makesNoSpansOfTheScopesAbove() throws Exception {
    bridge.close();
    TaskScope app = root.child("app", o -> o.hook(OtelBridge.hook(sdk)));
    app.child("handlers");
    root.shutdown(Duration.ofSeconds(20));
    spans.await(ended -> ended.stream().anyMatch(s -> s.getName().equals("shutdown /web/app")));

    assertThat(parent("shutdown /web/app")).isEmpty();
    assertThat(parent("shutdown /web/app/handlers")).isEqualTo("shutdown /web/app");
    assertThat(spans.all()).hasSize(2);
    assertNothingIsOpen();
  }

  @Test
  void bridgeClosedDuringAShutdown_leavesNoSpanOpen() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    TaskHook told =
        new TaskHook() {
          @Override
          public void phaseStarted(TaskScope scope, ShutdownPhase phase) {
            closing.countDown();
          }
        };
    try (HookRegistration registration = Hooks.add(told)) { // told after the bridge
      assertThat(registration).isNotNull();
      root.child("handlers").spawn("last", () -> release.await());
      Thread ending = Thread.ofVirtual().start(() -> root.shutdown(Duration.ofSeconds(30)));
      closing.await();
      bridge.close();
      assertThat(spans.all())
          .extracting(SpanData::getName)
          .contains("shutdown /web", "shutdown /web/handlers", "drain");
      release.countDown();
      ending.join();
    }
    assertNothingIsOpen();
  }

  private static void assertNothingIsOpen() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (ShutdownsUnderWay.openSpans() != 0 && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertThat(ShutdownsUnderWay.openSpans()).isZero();
  }
}
