// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.AttachmentKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The four outcomes, the view as a future, and what a task tells about itself. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TaskTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void spawn_ofBodyThatReturns_succeeds() throws Exception {
    Task<String> task = guard.root("web").spawn("t", () -> "result");

    assertThat(task.get()).isEqualTo("result");
    assertThat(task.get(1, TimeUnit.NANOSECONDS)).isEqualTo("result");
    assertThat(task.resultNow()).isEqualTo("result");
    assertThat(task.outcome()).contains(new Outcome.Success());
    assertThat(task.state()).isEqualTo(Future.State.SUCCESS);
    assertThat(task.taskState()).isEqualTo(TaskState.FINISHED);
    assertThat(task.isDone()).isTrue();
    assertThat(task.isCancelled()).isFalse();
    assertThatThrownBy(task::exceptionNow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"t\"")
        .hasMessageContaining("successful");
  }

  @Test
  void spawn_ofBodyThatThrows_fails() {
    TaskScope web = guard.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
    IOException error = new IOException("disk full");
    Task<Object> task =
        web.spawn(
            "t",
            () -> {
              throw error;
            });

    assertThatThrownBy(task::get)
        .isInstanceOf(ExecutionException.class)
        .hasCause(error)
        .hasMessageContaining("/web")
        .hasMessageContaining("disk full");
    assertThatThrownBy(() -> task.get(1, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCause(error);
    assertThat(task.exceptionNow()).isSameAs(error);
    assertThat(task.outcome()).contains(new Outcome.Failure(error));
    assertThat(task.state()).isEqualTo(Future.State.FAILED);
    assertThat(task.isDone()).isTrue();
    assertThat(task.isCancelled()).isFalse();
    assertThatThrownBy(task::resultNow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("disk full");
  }

  @Test
  void cancel_ofRunningTask_showsReasonAndCanceller() {
    CountDownLatch never = guard.latch();
    Task<Void> task = guard.root("web").spawn("t", () -> never.await());
    await("start", task::hasStarted);

    assertThat(task.cancel("no longer wanted")).isTrue();

    assertThatThrownBy(task::get)
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("no longer wanted")
        .hasMessageContaining(Thread.currentThread().getName());
    assertThatThrownBy(() -> task.get(1, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class);
    Outcome.Cancelled how = (Outcome.Cancelled) task.outcome().orElseThrow();
    assertThat(how.reason()).isEqualTo("no longer wanted");
    assertThat(how.by()).contains(Thread.currentThread().getName());
    assertThat(task.state()).isEqualTo(Future.State.CANCELLED);
    assertThat(task.isCancelled()).isTrue();
    assertThatThrownBy(task::resultNow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no longer wanted");
    assertThatThrownBy(task::exceptionNow).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shutdown_ofStubbornTask_abandonsIt() throws Exception {
    TaskScope web =
        guard.root("web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(5)));
    CountDownLatch never = guard.latch();
    Task<Void> task = web.spawn("t", () -> awaitStubbornly(never));
    await("start", task::hasStarted);

    web.close();

    assertThatThrownBy(task::get)
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("abandoned");
    assertThat(((Outcome.Abandoned) task.outcome().orElseThrow()).stack())
        .anyMatch(frame -> frame.getMethodName().equals("awaitStubbornly"));
    assertThat(task.state()).isEqualTo(Future.State.CANCELLED);
    assertThat(task.taskState()).isEqualTo(TaskState.FINISHED);
    assertThat(task.isDone()).isTrue();
    assertThat(task.isCancelled()).isTrue();
    assertThatThrownBy(task::resultNow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("abandoned");
    assertThatThrownBy(task::exceptionNow).isInstanceOf(IllegalStateException.class);
    assertThat(task.cancel("too late")).isFalse();
  }

  @Test
  void abandonedTask_whoseBodyReturnsLater_staysAbandoned() {
    TaskScope web =
        guard.root("web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(5)));
    CountDownLatch release = guard.latch();
    Task<Integer> task =
        web.spawn(
            "t",
            () -> {
              awaitStubbornly(release);
              return 42;
            });
    await("start", task::hasStarted);
    web.close();
    Thread thread = task.thread().orElseThrow();

    release.countDown();
    await("end of the thread", () -> !thread.isAlive());

    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Abandoned.class);
    assertThatThrownBy(task::resultNow).isInstanceOf(IllegalStateException.class);
    assertThat(task.thread()).isEmpty();
    assertThat(web.view().finished().abandoned()).isEqualTo(1);
    assertThat(web.view().finished().success()).isZero();
  }

  @Test
  void get_ofNullResult_givesNull() throws Exception {
    TaskScope web = guard.root("web");
    Callable<Object> nothing = () -> null;
    Task<Object> callable = web.spawn("callable", nothing);
    Task<Void> action = web.spawn("action", () -> {});

    assertThat(callable.get()).isNull();
    assertThat(callable.resultNow()).isNull();
    assertThat(action.get()).isNull();
    assertThat(action.state()).isEqualTo(Future.State.SUCCESS);
  }

  @Test
  void get_whileItRuns_waitsAndTimesOut() throws Exception {
    CountDownLatch release = guard.latch();
    Task<String> task =
        guard
            .root("web")
            .spawn(
                "slow one",
                () -> {
                  release.await();
                  return "late";
                });

    assertThatThrownBy(() -> task.get(1, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("slow one");
    assertThatThrownBy(() -> task.get(-1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    assertThat(task.isDone()).isFalse();
    assertThat(task.state()).isEqualTo(Future.State.RUNNING);
    assertThat(task.outcome()).isEmpty();
    assertThatThrownBy(task::resultNow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has not ended");
    assertThatThrownBy(task::exceptionNow).isInstanceOf(IllegalStateException.class);
    release.countDown();
    assertThat(task.get(Long.MAX_VALUE, TimeUnit.DAYS)).isEqualTo("late");
  }

  @Test
  void get_ofInterruptedThread_throwsAndTheTaskGoesOn() {
    CountDownLatch never = guard.latch();
    Task<Void> task = guard.root("web").spawn("t", () -> never.await());

    Thread.currentThread().interrupt();

    assertThatThrownBy(task::get).isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(task.isDone()).isFalse();
  }

  @Test
  void parent_isTheCreatorAsLongAsItLives() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch release = guard.latch();
    AtomicReference<Task<?>> inner = new AtomicReference<>();
    CountDownLatch made = new CountDownLatch(1);
    CountDownLatch end = guard.latch();
    Task<Void> outer =
        web.spawn(
            "outer",
            () -> {
              inner.set(web.spawn("inner", () -> release.await()));
              made.countDown();
              end.await();
            });
    made.await();

    assertThat(outer.parent()).isEmpty();
    assertThat(outer.parentId()).isZero();
    assertThat(inner.get().parent()).contains(outer);
    assertThat(inner.get().parentId()).isEqualTo(outer.id());

    end.countDown();
    outer.get();
    assertThat(inner.get().parent()).isEmpty();
    assertThat(inner.get().parentId()).isEqualTo(outer.id());
  }

  @Test
  void times_addUpAndStandStillAfterTheEnd() throws Exception {
    CountDownLatch release = guard.latch();
    Instant before = Instant.now();
    Task<Void> task = guard.root("web").spawn("t", () -> release.await());
    await("start", task::hasStarted);
    TaskTimes running = task.times();
    release.countDown();
    task.get();
    TaskTimes times = task.times();

    assertThat(times.age()).isGreaterThanOrEqualTo(running.age());
    assertThat(times.queued().plus(times.running()).plus(times.parked())).isEqualTo(times.age());
    assertThat(running.queued().plus(running.running())).isEqualTo(running.age());
    assertThat(times.startDelay()).isEqualTo(times.queued()).isEqualTo(running.startDelay());
    assertThat(times.steps()).isZero();
    assertThat(times.parks()).isZero();
    assertThat(task.times()).isEqualTo(times);
    assertThat(task.createdAt()).isBetween(before.minusMillis(5), Instant.now().plusMillis(5));
  }

  @Test
  void times_ofQueuedTask_areAllQueued() throws Exception {
    TaskScope web = guard.root("web");
    TreeGuard.withoutCarriers(
        release -> {
          Task<Void> task = web.spawn("t", () -> {});
          assertThat(task.taskState()).isEqualTo(TaskState.QUEUED);
          assertThat(task.hasStarted()).isFalse();
          assertThat(task.thread()).isEmpty();
          assertThat(task.where()).isEmpty();
          assertThat(task.state()).isEqualTo(Future.State.RUNNING);
          TaskTimes times = task.times();
          assertThat(times.running()).isZero();
          assertThat(times.queued()).isEqualTo(times.age()).isPositive();
          return task;
        });
    web.join();
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void taskState_ofRunningAndWaitingBody_isRunningAndParked() {
    TaskScope web = guard.root("web");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicBoolean parked = new AtomicBoolean();
    Task<Void> task =
        web.spawn(
            "t",
            () -> {
              while (!stop.get()) {
                Thread.onSpinWait();
              }
              while (!parked.get()) {
                LockSupport.park();
              }
            });
    await("start", task::hasStarted);
    Thread thread = task.thread().orElseThrow();

    assertThat(task.taskState()).isEqualTo(TaskState.RUNNING);
    stop.set(true);
    await("park", () -> task.taskState() == TaskState.PARKED);
    assertThat(thread.isVirtual()).isTrue();
    assertThat(thread.getName()).isEqualTo("t");
    assertThat(Arrays.stream(task.where()).map(StackTraceElement::getMethodName)).contains("park");
    parked.set(true);
    LockSupport.unpark(thread);
    await("end", task::isDone);
    assertThat(task.taskState()).isEqualTo(TaskState.FINISHED);
    assertThat(task.where()).isEmpty();
    assertThat(task.thread()).isEmpty();
  }

  @Test
  void attach_fromManyThreads_losesNothing() throws Exception {
    CountDownLatch never = guard.latch();
    TaskScope web = guard.root("web");
    Task<Void> task = web.spawn("t", () -> never.await());
    TaskScope others = guard.root("others");
    for (int i = 0; i < 8; i++) {
      AttachmentKey<Integer> key = AttachmentKey.of("key-" + i);
      others.spawn(
          "attacher",
          () -> {
            for (int value = 0; value < 1_000; value++) {
              task.attach(key, value);
              assertThat(task.attachment(key)).isEqualTo(value);
            }
            task.attach(key, null);
            assertThat(task.attachment(key)).isNull();
          });
    }
    others.join();

    assertThat(others.view().finished().success()).isEqualTo(8);
    AttachmentKey<Integer> sameName = AttachmentKey.of("key-0");
    assertThat(task.attachment(sameName)).as("keys are identities").isNull();
  }

  @Test
  void description_namesTaskAndScope() throws Exception {
    TaskScope scope = guard.root("web").child("app-a");
    class Body implements Callable<Integer> {
      @Override
      public Integer call() {
        return 1;
      }
    }
    Task<Integer> task = scope.spawn("GET /users/{id}", new Body());

    assertThat(task.bodyClass()).isSameAs(Body.class);
    task.get();
    assertThat(task.bodyClass()).isSameAs(Body.class);
    assertThat(task.toString())
        .contains("GET /users/{id}")
        .contains("/web/app-a")
        .contains("" + task.id());
    assertThat(task.name()).isEqualTo("GET /users/{id}");
    assertThat(task.scope()).isSameAs(scope);
    assertThat(task.origin()).isEqualTo(TaskOrigin.SPAWNED);
    assertThat(task.id()).isPositive();
    assertThat(scope.spawn("next", () -> 1).id()).isGreaterThan(task.id());
  }
}
