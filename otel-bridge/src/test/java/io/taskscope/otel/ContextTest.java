// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.RaceMode;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

/**
 * The context of the creator is current in the task, on whatever thread that runs, and gone
 * afterwards. That nothing is left behind on any thread is checked after every test.
 */
class ContextTest extends TracedTree {
  /** What a body sees: the tenant of its creator, and whether the span is that of a task. */
  private record Seen(String tenant, String spanId) {}

  private static Seen look() {
    return new Seen(
        Baggage.current().getEntryValue("tenant"), Span.current().getSpanContext().getSpanId());
  }

  private Seen withTenant(Callable<Seen> body) throws Exception {
    Span around = tracer.spanBuilder("around").startSpan();
    Context context =
        Context.current().with(around).with(Baggage.builder().put("tenant", "acme").build());
    try (Scope ignored = context.makeCurrent()) {
      Seen seen = body.call();
      assertThat(Context.current()).isSameAs(context);
      return seen;
    } finally {
      around.end();
    }
  }

  private void assertSeen(Seen seen) {
    assertThat(seen.tenant()).isEqualTo("acme");
    SpanData task =
        spans.all().stream()
            .filter(span -> span.getSpanId().equals(seen.spanId()))
            .findFirst()
            .orElseThrow();
    assertThat(task.getAttributes().get(SpanAttribute.TASK_ID.number())).isNotNull();
    assertThat(task.getTraceId()).isEqualTo(spans.named("around").getTraceId());
  }

  @Test
  void virtualThread_ofASpawnedTask() throws Exception {
    assertSeen(withTenant(() -> root.spawn("task", ContextTest::look).get()));
  }

  @Test
  void platformThread_thatCalls() throws Exception {
    CompletableFuture<Seen> seen = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    seen.complete(withTenant(() -> root.call("task", ContextTest::look)));
                    assertThat(Context.current()).isSameAs(Context.root());
                  } catch (Throwable e) {
                    seen.completeExceptionally(e);
                  }
                });
    thread.join();
    assertSeen(seen.get());
  }

  @Test
  void poolThread_thatCallsAgainAndAgain_isCleanInBetween() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      for (int i = 0; i < 20; i++) {
        pool.submit(() -> root.call("task", ContextTest::look)).get();
        assertThatThrownBy(pool.submit(() -> root.call("task", OptionsTest::fail))::get)
            .hasCauseInstanceOf(IllegalStateException.class);
        Future<Context> between = pool.submit(Context::current);
        assertThat(between.get()).isSameAs(Context.root());
      }
    }
    assertThat(spans.all()).hasSize(40);
  }

  @Test
  void executorOfAScope_carriesTheContextOfWhoSubmits() throws Exception {
    assertSeen(withTenant(() -> root.executor().submit(ContextTest::look).get()));
    assertThat(adopted().getParentSpanId()).isEqualTo(spans.named("around").getSpanId());
  }

  @Test
  void threadFactoryOfAScope_hasTheTaskAsParentThatStartedTheThread() throws Exception {
    ThreadFactory factory = root.threadFactory();
    root.call(
        "request",
        () -> {
          Thread thread = factory.newThread(() -> tracer.spanBuilder("inside").startSpan().end());
          thread.start();
          thread.join();
        });

    assertThat(adopted().getParentSpanId()).isEqualTo(spans.named("request").getSpanId());
    assertThat(spans.named("inside").getParentSpanId()).isEqualTo(adopted().getSpanId());
  }

  private SpanData adopted() {
    return spans.all().stream()
        .filter(span -> "adopted".equals(attributes(span).get("taskscope.task.origin")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void raceAndBlock_carryTheContext() throws Exception {
    assertSeen(
        withTenant(
            () ->
                TaskScope.race(
                    RaceMode.FIRST_SUCCESS, List.of(ContextTest::look, ContextTest::look))));
    spans.await(ended -> ended.size() == 4); // two runners, the block, and what is around
  }

  @Test
  void timer_beginsATraceWithItsOwnContext() throws Exception {
    CompletableFuture<Seen> seen = new CompletableFuture<>();
    withTenant(
        () -> {
          root.after("tick", Duration.ofMillis(1), () -> seen.complete(look()));
          return look();
        });
    assertThat(seen.get().tenant()).isNull(); // the timer goes on when the request is long over
    root.join();
    assertThat(spans.named("tick").getSpanId()).isEqualTo(seen.get().spanId());
    assertThat(parent("tick")).isEmpty();
  }

  @Test
  void nestedCalls_restoreEachOther() throws Exception {
    withTenant(
        () -> {
          root.call(
              "outer",
              () -> {
                Context outer = Context.current();
                root.call("inner", () -> assertThat(Context.current()).isNotSameAs(outer));
                assertThat(Context.current()).isSameAs(outer);
              });
          return look();
        });
    assertThat(parent("inner")).isEqualTo("outer");
    assertThat(parent("outer")).isEqualTo("around");
  }

  @Test
  void pathInBaggage_isThatOfTheInnermostScope_andGoneAfterwards() throws Exception {
    bridge.close();
    bridge = configure(OtelBridge.builder(sdk)).pathInBaggage(true).install();
    TaskScope handlers = root.child("handlers");
    handlers.call(
        "request",
        () -> {
          assertThat(path()).isEqualTo("/web/handlers");
          try (TaskScope block = TaskScope.open("checkout")) {
            assertThat(path()).isEqualTo("/web/handlers/checkout");
            assertThat(block.spawn("price", ContextTest::path).get())
                .isEqualTo("/web/handlers/checkout");
          }
          assertThat(path()).isEqualTo("/web/handlers");
        });
    assertThat(path()).isNull();
  }

  private static String path() {
    return Baggage.current().getEntryValue("taskscope.path");
  }
}
