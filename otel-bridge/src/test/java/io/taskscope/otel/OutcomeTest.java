// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.io.IOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OutcomeTest extends TracedTree {
  @Test
  void failure_isAnErrorWithTheException() {
    Task<Object> task =
        root.spawn(
            "load",
            () -> {
              throw new IOException("no route");
            });
    assertThatThrownBy(task::get).isInstanceOf(ExecutionException.class);

    SpanData span = spans.named("load");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getStatus().getDescription()).isEqualTo("no route");
    assertThat(attributes(span))
        .containsEntry("error.type", "java.io.IOException")
        .containsEntry("taskscope.task.outcome", "failure");
    assertThat(span.getEvents()).hasSize(1);
    assertThat(span.getEvents().getFirst().getName()).isEqualTo("exception");
    assertThat(span.getEvents().getFirst().getAttributes().get(stringKey("exception.type")))
        .isEqualTo("java.io.IOException");
    assertThat(span.getEvents().getFirst().getAttributes().get(stringKey("exception.stacktrace")))
        .contains("OutcomeTest");
  }

  @Test
  void cancelledBeforeItBegan_endsTheSpanWithoutAThread() {
    TaskHook canceller =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            task.cancel("changed my mind");
          }
        };
    CompletableFuture<String> ran = new CompletableFuture<>();
    Task<Boolean> task;
    try (HookRegistration ignored = Hooks.add(canceller)) {
      task = root.spawn("never", () -> ran.complete("ran"));
    }
    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);

    SpanData span = spans.named("never");
    assertThat(ran).isNotDone();
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(attributes(span))
        .containsEntry("taskscope.task.outcome", "cancelled")
        .containsEntry("taskscope.task.running_time", 0.0)
        .doesNotContainKeys("thread.id", "thread.name", "error.type");
  }

  @Test
  void cancelledWhileItRan_isNoError() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Task<Void> task =
        root.spawn(
            "wait",
            () -> {
              running.countDown();
              new CountDownLatch(1).await();
            });
    running.await();
    task.cancel("enough");
    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);

    SpanData span = spans.named("wait");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(span.getEvents()).isEmpty();
    assertThat(attributes(span))
        .containsEntry("taskscope.task.outcome", "cancelled")
        .containsKey("thread.id")
        .doesNotContainKey("error.type");
  }

  @Test
  void abandoned_endsTheSpanAtOnceAndRestoresTheContextLater() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<Thread> thread = new AtomicReference<>();
    TaskScope stubborn =
        root.child("stubborn", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO));
    stubborn.spawn(
        "ignores",
        () -> {
          thread.set(Thread.currentThread());
          running.countDown();
          awaitUninterruptibly(release);
        });
    running.await();
    stubborn.shutdown(Duration.ofSeconds(5));

    spans.await(ended -> ended.size() == 1);
    SpanData span = spans.named("ignores");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(attributes(span))
        .containsEntry("taskscope.task.outcome", "abandoned")
        .containsEntry("error.type", "abandoned");

    release.countDown();
    thread.get().join(); // and the context that was left is checked after the test
    assertThat(spans.all()).hasSize(1);
  }

  @Test
  void close_whileATaskRuns_letsItsSpanEnd() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Task<Void> task =
        root.spawn(
            "runs",
            () -> {
              running.countDown();
              release.await();
            });
    running.await();
    bridge.close();
    root.spawn("later", () -> 1).get();
    release.countDown();
    task.get();

    assertThat(spans.all()).extracting(SpanData::getName).containsExactly("runs");
    assertThat(attributes(spans.named("runs"))).containsEntry("taskscope.task.outcome", "success");
  }

  @Test
  void contextOfAFinishedTask_isNotKeptByTheTask() throws Exception {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    PhantomReference<Object> reference;
    Task<Integer> task;
    Object value = new Object();
    reference = new PhantomReference<>(value, collected);
    try (Scope ignored =
        Context.current().with(ContextKey.<Object>named("big"), value).makeCurrent()) {
      task = root.spawn("read", () -> 1);
    }
    task.get();
    value = null;

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    Reference<?> found = null;
    while (found == null && System.nanoTime() < deadline) {
      System.gc();
      found = collected.remove(50);
    }
    assertThat(found).isSameAs(reference);
    assertThat(task.resultNow()).isEqualTo(1); // and the task was there all the time
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException stubborn) {
        // That is the point: the loop waits again.
      }
    }
  }
}
