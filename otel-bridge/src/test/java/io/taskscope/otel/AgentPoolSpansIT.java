// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.TaskScope;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a task gives to a pool has a span below that of the task, and leaves nothing behind. */
@Timeout(120)
class AgentPoolSpansIT extends TracedTree {
  /** Each with one thread, so that what comes next runs on the same. */
  enum Pool {
    THREAD_POOL {
      @Override
      ExecutorService make() {
        return Executors.newFixedThreadPool(1);
      }
    },
    FORK_JOIN {
      @Override
      ExecutorService make() {
        return new ForkJoinPool(1);
      }
    },
    COMPLETABLE_FUTURE {
      @Override
      ExecutorService make() {
        return Executors.newFixedThreadPool(1);
      }

      @Override
      <T> Future<T> submit(ExecutorService pool, Callable<T> body) {
        return CompletableFuture.completedFuture(1)
            .thenApplyAsync(
                one -> {
                  try {
                    return body.call();
                  } catch (Exception e) {
                    throw new CompletionException(e);
                  }
                },
                pool);
      }
    },
    SCHEDULED {
      @Override
      ExecutorService make() {
        return Executors.newScheduledThreadPool(1);
      }

      @Override
      <T> Future<T> submit(ExecutorService pool, Callable<T> body) {
        return ((ScheduledExecutorService) pool).schedule(body, 1, TimeUnit.MILLISECONDS);
      }
    };

    abstract ExecutorService make();

    <T> Future<T> submit(ExecutorService pool, Callable<T> body) {
      return pool.submit(body);
    }
  }

  @ParameterizedTest
  @EnumSource
  void work_givenToAPool_isAChildOfTheTaskThatGaveItWithItsBaggage(Pool kind) throws Exception {
    try (ExecutorService pool = kind.make()) {
      assertNothingIsCurrent(kind, pool); // and its thread has been started by nobody's task

      String inside =
          root.call(
              "request",
              () -> {
                Baggage baggage = Baggage.current().toBuilder().put("tenant", "acme").build();
                try (Scope current = baggage.makeCurrent()) {
                  assertThat(current).isNotNull();
                  return kind.submit(pool, this::work).get();
                }
              });
      assertNothingIsCurrent(kind, pool);
      root.join();

      SpanData work =
          spans.all().stream()
              .filter(span -> "adopted".equals(attributes(span).get("taskscope.task.origin")))
              .reduce((one, two) -> failOn(one, two))
              .orElseThrow();
      // What a scheduler runs later is created when it runs: in the task, and not where it stood.
      String tenant = kind == Pool.SCHEDULED ? "null" : "acme";
      assertThat(inside).isEqualTo(tenant + " " + work.getSpanId());
      assertThat(parent(work.getName())).isEqualTo("request");
      assertThat(parent("call")).isEqualTo(work.getName());
      assertThat(parent("block")).isEqualTo("call");
      assertThat(parent("leaf")).isEqualTo("block");
      assertThat(spans.all())
          .hasSize(5)
          .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(work.getTraceId()));
    }
  }

  private static SpanData failOn(SpanData one, SpanData two) {
    throw new AssertionError("two adopted: " + one + " and " + two);
  }

  /** Does what tasks do, and says what was current in it. */
  private String work() throws Exception {
    root.call(
        "call",
        () -> {
          try (TaskScope block = TaskScope.open("block")) {
            block.spawn("leaf", () -> 1).get();
          }
        });
    return Baggage.current().getEntryValue("tenant")
        + " "
        + Span.current().getSpanContext().getSpanId();
  }

  private static void assertNothingIsCurrent(Pool kind, ExecutorService pool) throws Exception {
    assertThat(kind.submit(pool, Context::current).get()).isSameAs(Context.root());
  }
}
