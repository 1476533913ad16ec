// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.TaskHook;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cancelling one task: before it starts, while it runs, and what its body makes of it. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static Outcome.Cancelled cancelled(Task<?> task) {
    await("end", task::isDone);
    return (Outcome.Cancelled) task.outcome().orElseThrow();
  }

  @Test
  void cancel_ofQueuedTask_endsItAtOnceAndItsBodyNeverRuns() throws Exception {
    TaskScope web = guard.root("web");
    AtomicBoolean ran = new AtomicBoolean();
    Task<Void> task =
        TreeGuard.withoutCarriers(
            release -> {
              Task<Void> queued = web.spawn("t", () -> ran.set(true));
              assertThat(queued.cancel("too late")).isTrue();
              assertThat(queued.isDone()).isTrue();
              assertThat(queued.cancel("again")).isFalse();
              return queued;
            });

    assertThat(cancelled(task).reason()).isEqualTo("too late");
    web.shutdown(java.time.Duration.ofSeconds(5));
    assertThat(ran).isFalse();
    assertThat(task.hasStarted()).isFalse();
    assertThat(task.times().running()).isZero();
    assertThat(web.view().finished().cancelled()).isEqualTo(1);
  }

  @Test
  void cancel_insideTaskCreated_endsTheTaskBeforeItStarts() {
    AtomicBoolean ran = new AtomicBoolean();
    AtomicBoolean doneInHook = new AtomicBoolean();
    TaskHook canceller =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            assertThat(task.cancel("by a hook")).isTrue();
            doneInHook.set(task.isDone());
          }
        };
    TaskScope web = guard.root("web", o -> o.hook(canceller));

    Task<Void> task = web.spawn("t", () -> ran.set(true));

    assertThat(task.isDone()).isTrue();
    assertThat(doneInHook).isFalse();
    assertThat(cancelled(task).reason()).isEqualTo("by a hook");
    assertThatThrownBy(() -> web.call("called", () -> ran.set(true)))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("called")
        .hasMessageContaining("by a hook");
    assertThat(ran).isFalse();
    assertThat(web.view().finished().cancelled()).isEqualTo(2);
  }

  @Test
  void cancel_twice_interruptsOnceAndKeepsTheFirstReason() {
    TaskScope web = guard.root("web");
    AtomicInteger interrupts = new AtomicInteger();
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch release = guard.latch();
    Task<Void> task =
        web.spawn(
            "t",
            () -> {
              while (true) {
                try {
                  release.await();
                  return;
                } catch (InterruptedException e) {
                  interrupts.incrementAndGet();
                  interrupted.countDown();
                }
              }
            });
    await("start", task::hasStarted);

    assertThat(task.cancel("first")).isTrue();
    awaitStubbornly(interrupted);
    assertThat(task.isDone()).isFalse();
    assertThat(task.isCancelled()).isFalse();
    assertThat(task.cancel("second")).isTrue();
    web.cancel("third");
    release.countDown();

    assertThat(cancelled(task).reason()).isEqualTo("first");
    assertThat(interrupts).hasValue(1);
  }

  @Test
  void futureCancel_withoutInterrupt_leavesARunningTaskAlone() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch release = guard.latch();
    Task<Void> task = web.spawn("t", () -> release.await());
    await("start", task::hasStarted);

    assertThat(task.cancel(false)).isFalse();
    release.countDown();

    assertThat(task.get()).isNull();
    assertThat(task.outcome()).contains(new Outcome.Success());
    assertThat(task.cancel(true)).isFalse();
  }

  @Test
  void futureCancel_withoutInterrupt_cancelsAQueuedTask() throws Exception {
    TaskScope web = guard.root("web");
    Task<Void> task =
        TreeGuard.withoutCarriers(
            release -> {
              Task<Void> queued = web.spawn("t", () -> {});
              assertThat(queued.cancel(false)).isTrue();
              return queued;
            });
    assertThat(cancelled(task).reason()).contains("Future.cancel");
  }

  @Test
  void futureCancel_withInterrupt_interruptsARunningTask() {
    CountDownLatch never = guard.latch();
    Task<Void> task = guard.root("web").spawn("t", () -> never.await());
    await("start", task::hasStarted);

    assertThat(task.cancel(true)).isTrue();

    assertThat(cancelled(task).reason()).contains("Future.cancel");
  }

  @Test
  void cancel_ofBodyThatReturnsAResult_isStillCancelled() {
    CountDownLatch never = guard.latch();
    Task<String> task =
        guard
            .root("web")
            .spawn(
                "t",
                () -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    return "swallowed";
                  }
                  return "never";
                });
    await("start", task::hasStarted);
    task.cancel("stop");

    assertThat(cancelled(task).reason()).isEqualTo("stop");
    assertThatThrownBy(task::resultNow).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void cancel_ofBodyThatThrowsASignOfCancellation_isCancelled() {
    List<Exception> signs =
        List.of(
            new InterruptedException(),
            new CancellationException(),
            new InterruptedIOException(),
            new ClosedByInterruptException(),
            new IllegalStateException("wrapped", new IOException(new InterruptedException())));
    TaskScope web = guard.root("web");
    for (Exception sign : signs) {
      Task<?> task = throwAfterCancel(web, sign);
      assertThat(task.outcome().orElseThrow())
          .as(sign.toString())
          .isInstanceOf(Outcome.Cancelled.class);
    }
    assertThat(web.view().finished().cancelled()).isEqualTo(signs.size());
  }

  @Test
  void cancel_ofBodyThatThrowsSomethingElse_isAFailure() {
    AtomicReference<Throwable> handled = new AtomicReference<>();
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.onFailure(
                    (task, error) -> {
                      handled.set(error);
                      return Decision.HANDLED;
                    }));
    IllegalStateException error = new IllegalStateException("rollback failed");
    Task<?> task = throwAfterCancel(web, error);

    assertThat(task.exceptionNow()).isSameAs(error);
    await("handler", () -> handled.get() == error);
  }

  private Task<?> throwAfterCancel(TaskScope scope, Exception thrown) {
    CountDownLatch never = guard.latch();
    Task<?> task =
        scope.spawn(
            "t",
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                throw thrown;
              }
            });
    await("start", task::hasStarted);
    task.cancel("stop");
    await("end", task::isDone);
    return task;
  }

  @Test
  void cancel_ofBodyWhoseErrorHasACyclicCause_ends() {
    Exception a = new Exception("a");
    Exception b = new Exception("b", a);
    a.initCause(b);
    TaskScope web = guard.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));

    assertThat(throwAfterCancel(web, b).exceptionNow()).isSameAs(b);
  }

  @Test
  void interrupt_fromOutsideWithoutCancel_isAFailure() {
    TaskScope web = guard.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
    CountDownLatch never = guard.latch();
    Task<Void> task = web.spawn("t", () -> never.await());
    await("start", () -> task.taskState() == TaskState.PARKED);

    task.thread().orElseThrow().interrupt();
    await("end", task::isDone);

    assertThat(task.exceptionNow()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void cancel_byTheTaskItself_namesItself() {
    TaskScope web = guard.root("web");
    AtomicBoolean interrupted = new AtomicBoolean();
    Task<String> task =
        web.spawn(
            "suicide",
            () -> {
              Task.current().orElseThrow().cancel("enough");
              interrupted.set(Thread.currentThread().isInterrupted());
              return "result";
            });

    assertThat(cancelled(task).reason()).isEqualTo("enough");
    assertThat(cancelled(task).by()).contains("suicide");
    assertThat(interrupted).isTrue();
  }

  @Test
  void cancel_byAnotherTask_namesThatTask() {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    Task<Void> victim = web.spawn("victim", () -> never.await());
    Task<Boolean> canceller = web.spawn("canceller", () -> victim.cancel("stop"));

    assertThat(cancelled(victim).by()).isEqualTo(canceller.toString());
  }

  @Test
  void cancel_ofFinishedTask_changesNothing() throws Exception {
    Task<String> task = guard.root("web").spawn("t", () -> "done");
    task.get();

    assertThat(task.cancel("late")).isFalse();
    assertThat(task.cancel(true)).isFalse();
    assertThat(task.cancel(false)).isFalse();
    assertThat(task.get()).isEqualTo("done");
    assertThatThrownBy(() -> task.cancel(null)).isInstanceOf(NullPointerException.class);
  }
}
