// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.Spans;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Which tasks get a span, by the options of their scope, and where those that do hang. */
class OptionsTest extends TracedTree {
  static void fail() {
    throw new IllegalStateException("on purpose");
  }

  @Test
  void off_givesNoSpansButTheContextAround() throws Exception {
    TaskScope quiet = root.child("quiet", o -> o.spans(Spans.OFF));
    Span around = tracer.spanBuilder("around").startSpan();
    try (Scope ignored =
        Baggage.builder()
            .put("tenant", "acme")
            .build()
            .storeInContext(io.opentelemetry.context.Context.current().with(around))
            .makeCurrent()) {
      Task<String> task =
          quiet.spawn(
              "silent",
              () -> {
                tracer.spanBuilder("select").startSpan().end();
                return Baggage.current().getEntryValue("tenant");
              });
      assertThat(task.get()).isEqualTo("acme");
      quiet.call("called", () -> tracer.spanBuilder("called select").startSpan().end());
    }
    around.end();

    assertThat(spans.all()).extracting(SpanData::getName).doesNotContain("silent", "called");
    assertThat(parent("select")).isEqualTo("around");
    assertThat(parent("called select")).isEqualTo("around");
  }

  @Test
  void off_isInherited_andCanBeSwitchedOnBelow() throws Exception {
    TaskScope quiet = root.child("quiet", o -> o.spans(Spans.OFF));
    TaskScope loud = quiet.child("still-quiet").child("loud", o -> o.spans(Spans.ON));
    quiet.call("outer", () -> loud.call("inner", () -> 1));

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("inner");
  }

  @Test
  void failedOnly_givesSpansToWhatFailed_asATree() throws Exception {
    TaskScope failing = root.child("failing", o -> o.spans(Spans.FAILED_ONLY));
    root.call(
        "request",
        () -> {
          failing.spawn("good", () -> 1).get();
          Task<Object> outer =
              failing.spawn(
                  "outer",
                  () -> {
                    failing.spawn("fine", () -> 1).get();
                    failing.spawn("middle", () -> failing.spawn("inner", () -> boom()).get()).get();
                    return 1;
                  });
          assertThatThrownBy(outer::get).isInstanceOf(ExecutionException.class);
        });

    assertThat(spans.all())
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder("request", "outer", "middle", "inner");
    assertThat(parent("outer")).isEqualTo("request");
    assertThat(parent("middle")).isEqualTo("outer");
    assertThat(parent("inner")).isEqualTo("middle");
    assertThat(attributes(spans.named("inner")))
        .containsEntry("error.type", "java.lang.IllegalStateException")
        .containsEntry("taskscope.task.outcome", "failure")
        .containsKeys("thread.id", "taskscope.task.running_time", "code.function.name");
  }

  @Test
  void failedOnly_belowATaskWithoutASpan_hangsOnTheNextAbove() throws Exception {
    TaskScope failing = root.child("failing", o -> o.spans(Spans.FAILED_ONLY));
    root.call(
        "request",
        () -> {
          Task<Integer> outer =
              failing.spawn(
                  "swallows",
                  () -> {
                    Task<Object> inner = failing.spawn("inner", () -> boom());
                    assertThatThrownBy(inner::get).isInstanceOf(ExecutionException.class);
                    tracer.spanBuilder("select").startSpan().end();
                    return 1;
                  });
          outer.get();
        });

    assertThat(spans.all())
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder("request", "inner", "select");
    assertThat(parent("inner")).isEqualTo("request");
    assertThat(parent("select")).isEqualTo("request");
  }

  @Test
  void failedOnly_childThatEndsAfterItsParent_findsItsPlace() throws Exception {
    TaskScope failing = root.child("failing", o -> o.spans(Spans.FAILED_ONLY));
    CountDownLatch release = new CountDownLatch(1);
    Task<Task<Object>> parentThatSucceeds =
        failing.spawn("dropped", () -> failing.spawn("orphan", () -> boomAfter(release)));
    Task<Object> orphan = parentThatSucceeds.get();
    Task<?>[] child = new Task<?>[1];
    Task<Object> parentThatFails =
        failing.spawn(
            "kept",
            () -> {
              child[0] = failing.spawn("child", () -> boomAfter(release));
              return boom();
            });
    assertThatThrownBy(parentThatFails::get).isInstanceOf(ExecutionException.class);
    release.countDown();
    assertThatThrownBy(orphan::get).isInstanceOf(ExecutionException.class);
    assertThatThrownBy(child[0]::get).isInstanceOf(ExecutionException.class);

    assertThat(spans.all())
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder("orphan", "kept", "child");
    assertThat(parent("child")).isEqualTo("kept");
    assertThat(spans.named("orphan").getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void failedOnly_underATaskThatRunsLong_doesNotWaitForIt() throws Exception {
    TaskScope failing = root.child("failing", o -> o.spans(Spans.FAILED_ONLY));
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    Task<Void> server =
        failing.spawn(
            "server",
            () -> {
              Task<Object> handler = failing.spawn("handler", () -> boom());
              assertThatThrownBy(handler::get).isInstanceOf(ExecutionException.class);
              failed.countDown();
              release.await();
            });
    failed.await();
    assertThat(spans.all()).isEmpty();
    ((LateSpan) server.attachment(TaskTrace.KEY)).loseItsPatience();

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("handler");
    release.countDown();
    server.get();
    assertThat(spans.all()).hasSize(1);
  }

  @Test
  void slowerThan_givesSpansToSlowAndFailedTasks_withTheirRealTimes() throws Exception {
    TaskScope slow = root.child("slow", o -> o.spans(Spans.slowerThan(Duration.ofMillis(200))));
    slow.spawn("quick", () -> 1).get();
    slow.spawn("takes its time", () -> Thread.sleep(250)).get();
    assertThatThrownBy(slow.spawn("breaks", () -> boom())::get)
        .isInstanceOf(ExecutionException.class);

    SpanData span = spans.named("takes its time");
    assertThat(spans.all()).extracting(SpanData::getName).contains("breaks");
    assertThat(Duration.ofNanos(span.getEndEpochNanos() - span.getStartEpochNanos()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(250));
  }

  @Test
  void spanOnBelowAnUndecidedTask_hangsOnTheSpanAround() throws Exception {
    TaskScope failing = root.child("failing", o -> o.spans(Spans.FAILED_ONLY));
    TaskScope loud = failing.child("loud", o -> o.spans(Spans.ON));
    root.call("request", () -> failing.call("undecided", () -> loud.call("sure", () -> 1)));

    assertThat(parent("sure")).isEqualTo("request");
    assertThat(spans.all()).hasSize(2);
  }

  /** A task may end a moment after the one it started, and then be kept by it; not more. */
  @Test
  void tasksThatStartTheirSuccessor_keepNoChainInMemory() throws Exception {
    TaskScope failing = root.child("failing", o -> o.spans(Spans.FAILED_ONLY));
    Chain chain = new Chain(failing);
    failing.spawn("link", () -> chain.link(100));
    chain.complete.await();

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (chain.kept() > 10 && System.nanoTime() < deadline) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(chain.kept()).isBetween(1L, 10L); // the last one lives
    chain.release.countDown();
    failing.join();
  }

  /** Tasks each of which starts the next and ends; the last one stays. */
  private static final class Chain {
    final CountDownLatch complete = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    private final List<WeakReference<TaskTrace>> traces = new CopyOnWriteArrayList<>();
    private final TaskScope scope;

    Chain(TaskScope scope) {
      this.scope = scope;
    }

    void link(int left) throws Exception {
      traces.add(new WeakReference<>(Task.current().orElseThrow().attachment(TaskTrace.KEY)));
      if (left == 0) {
        complete.countDown();
        release.await();
      } else {
        scope.spawn("link", () -> link(left - 1));
      }
    }

    long kept() {
      return traces.stream().filter(trace -> trace.get() != null).count();
    }
  }

  private static Object boom() {
    throw new IllegalStateException("on purpose");
  }

  private static Object boomAfter(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return boom();
  }
}
