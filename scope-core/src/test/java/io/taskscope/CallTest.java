// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.TaskHook;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks on their caller's thread. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void call_ofBodyThatReturns_returnsOnTheSameThread() {
    TaskScope web = guard.root("web");
    Thread caller = Thread.currentThread();

    String result =
        web.call(
            "GET /",
            () -> {
              Task<?> self = Task.current().orElseThrow();
              assertThat(Thread.currentThread()).isSameAs(caller);
              assertThat(self.thread()).contains(caller);
              assertThat(self.origin()).isEqualTo(TaskOrigin.CALLED);
              assertThat(self.parent()).isEmpty();
              assertThat(web.tasks()).hasSize(1);
              return "page";
            });

    assertThat(result).isEqualTo("page");
    assertThat(web.tasks()).isEmpty();
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void call_ofBodyThatThrows_throwsTheSameAndAsksNoHandler() {
    AtomicInteger handled = new AtomicInteger();
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.onFailure(
                    (task, error) -> {
                      handled.incrementAndGet();
                      return Decision.HANDLED;
                    }));
    IOException checked = new IOException("checked");
    AssertionError error = new AssertionError("an Error");

    assertThatThrownBy(
            () ->
                web.call(
                    "t",
                    () -> {
                      throw checked;
                    }))
        .isSameAs(checked);
    assertThatThrownBy(
            () ->
                web.call(
                    "t",
                    () -> {
                      if (web.isBlock()) {
                        return 1;
                      }
                      throw error;
                    }))
        .isSameAs(error);

    assertThat(web.view().finished().failure()).isEqualTo(2);
    assertThat(handled).hasValue(0);
    assertThat(Task.current()).isEmpty();
  }

  @Test
  void call_restoresTheContextThatWasThereBefore() {
    TaskScope web = guard.root("web");
    TaskScope other = guard.root("other");

    web.call(
        "outer",
        () -> {
          Task<?> outer = Task.current().orElseThrow();
          assertThatThrownBy(
                  () ->
                      other.call(
                          "inner",
                          () -> {
                            Task<?> inner = Task.current().orElseThrow();
                            assertThat(inner.parent()).contains(outer);
                            assertThat(inner.parentId()).isEqualTo(outer.id());
                            assertThat(TaskScope.current()).contains(other);
                            TaskScope.open("left-open");
                            throw new IOException();
                          }))
              .isInstanceOf(IOException.class);
          assertThat(Task.current()).contains(outer);
          assertThat(TaskScope.current()).contains(web);
        });

    assertThat(TaskScope.current()).isEmpty();
    assertThat(other.children()).hasSize(1);
    other.shutdown(Duration.ofSeconds(5));
    assertThat(other.state()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void call_cancelledTooLateForTheBody_leaksNoInterrupt() {
    TaskScope web = guard.root("web");

    String result =
        web.call(
            "t",
            () -> {
              Task.current().orElseThrow().cancel("too late");
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(web.view().finished().cancelled()).isEqualTo(1);
  }

  @Test
  void call_interruptedFromOutside_keepsTheInterruptForTheCaller() {
    TaskScope web = guard.root("web");

    web.call("t", () -> Thread.currentThread().interrupt());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void call_cancelledWhileItWaits_throwsWhatTheBodyThrows() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    web.call("t", () -> never.await());
                  } catch (InterruptedException e) {
                    thrown.set(e);
                  }
                });
    await("park", () -> web.tasks().stream().anyMatch(t -> t.taskState() == TaskState.PARKED));

    web.cancel("stop");
    caller.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(web.view().finished().cancelled()).isEqualTo(1);
  }

  @Test
  void call_nestedAndInnerCancelled_leavesTheOuterAlone() {
    TaskScope web = guard.root("web");

    web.call(
        "outer",
        () -> {
          web.call("inner", () -> Task.current().orElseThrow().cancel("only the inner"));
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });

    assertThat(web.view().finished().cancelled()).isEqualTo(1);
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void call_nestedAndOuterCancelled_keepsTheInterruptForTheOuter() {
    TaskScope web = guard.root("web");
    AtomicBoolean interrupted = new AtomicBoolean();

    web.call(
        "outer",
        () -> {
          Task<?> outer = Task.current().orElseThrow();
          web.call("inner", () -> outer.cancel("the outer"));
          interrupted.set(Thread.currentThread().isInterrupted());
        });

    assertThat(interrupted).isTrue();
    assertThat(web.view().finished().cancelled()).isEqualTo(1);
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void call_nestedAndBothCancelled_keepsTheInterruptForTheOuter() {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Task<Void> outer =
        web.spawn(
            "outer",
            () -> {
              web.call(
                  "inner",
                  () -> {
                    inside.countDown();
                    TreeGuard.awaitStubbornly(cancelled); // keeps the interrupt
                  });
              never.await();
            });
    TreeGuard.awaitStubbornly(inside);

    web.cancel("both");
    cancelled.countDown();

    assertThatThrownBy(() -> outer.get(5, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void call_inClosedScope_isRefusedAndRunsNothing() {
    TaskScope web = guard.root("web");
    web.close();
    AtomicBoolean ran = new AtomicBoolean();

    assertThatThrownBy(() -> web.call("late", () -> ran.set(true)))
        .isInstanceOf(ScopeClosedException.class)
        .hasMessageContaining("/web")
        .hasMessageContaining("CLOSED")
        .hasMessageContaining("late");

    assertThat(ran).isFalse();
    assertThat(Task.current()).isEmpty();
    assertThat(web.view().started()).isZero();
  }

  @Test
  void call_tellsHooksOnTheCallersThread() {
    List<String> calls = new CopyOnWriteArrayList<>();
    Thread caller = Thread.currentThread();
    TaskHook hook =
        new TaskHook() {
          private void note(String what) {
            calls.add(what + (Thread.currentThread() == caller ? "" : " elsewhere"));
          }

          @Override
          public void taskCreated(Task<?> task) {
            note("created");
          }

          @Override
          public void taskStarted(Task<?> task) {
            note("started in " + Task.current().orElseThrow().name());
          }

          @Override
          public void taskFinished(Task<?> task) {
            note("finished in " + Task.current().orElseThrow().name());
          }
        };
    TaskScope web = guard.root("web", o -> o.hook(hook));

    web.call("t", () -> calls.add("body"));

    assertThat(calls).containsExactly("created", "started in t", "body", "finished in t");
  }

  @Test
  void abandonedCall_thatReturnsAfterAll_givesItsResult() throws Exception {
    TaskScope web =
        guard.root("web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(5)));
    CountDownLatch release = guard.latch();
    AtomicReference<String> result = new AtomicReference<>();
    AtomicReference<Task<?>> task = new AtomicReference<>();
    AtomicBoolean interruptLeft = new AtomicBoolean();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  result.set(
                      web.call(
                          "stubborn",
                          () -> {
                            task.set(Task.current().orElseThrow());
                            TreeGuard.awaitStubbornly(release);
                            return "late";
                          }));
                  interruptLeft.set(Thread.currentThread().isInterrupted());
                });
    await("start", () -> task.get() != null);

    ShutdownReport report = web.shutdown(Duration.ofSeconds(5));
    release.countDown();
    caller.join();

    assertThat(report.abandoned()).hasSize(1);
    assertThat(task.get().outcome().orElseThrow()).isInstanceOf(Outcome.Abandoned.class);
    assertThat(result).hasValue("late");
    assertThat(interruptLeft).isFalse();
  }
}
