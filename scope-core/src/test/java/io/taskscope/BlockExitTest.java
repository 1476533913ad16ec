// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.TaskHook;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Leaving a block: in time, in a hurry, in the wrong order, on the wrong thread, and its deadline.
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockExitTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  /** For what a busy machine adds to a time limit. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void deadline_thatPasses_cancelsTheTasksAndJoinThrows() {
    CountDownLatch never = guard.latch();
    try (TaskScope block = TaskScope.open("block", o -> o.deadline(Duration.ofMillis(50)))) {
      Task<Void> task = block.spawn("slow", () -> never.await());

      assertThatThrownBy(block::join)
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("deadline of 50 ms")
          .hasCauseInstanceOf(TimeoutException.class);

      Outcome.Cancelled how = (Outcome.Cancelled) task.outcome().orElseThrow();
      assertThat(how.reason()).contains("deadline of 50 ms");
      assertThat(how.by()).contains("deadline");
      Task<Void> late = block.spawn("late", () -> never.await());
      assertThat(late.isCancelled()).isTrue();
    }
  }

  @Test
  void deadline_inSuperviseBlock_isThrownToo() {
    CountDownLatch never = guard.latch();
    try (TaskScope block =
        TaskScope.open("b", o -> o.policy(Policy.SUPERVISE).deadline(Duration.ofMillis(20)))) {
      block.spawn("slow", () -> never.await());
      assertThatThrownBy(block::join).hasCauseInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void deadline_thatIsKept_leavesNothingBehind() throws Exception {
    try (TaskScope block = TaskScope.open("block", o -> o.deadline(Duration.ofHours(1)))) {
      block.spawn("t", () -> 1);
      block.join();
    }
    assertThat(TaskScope.roots()).isEmpty();
    // only this test sets an alarm that far ahead; the log's sum-up of earlier tests may be waiting
    assertThat(Background.TIMER.getQueue())
        .noneMatch(alarm -> ((Delayed) alarm).getDelay(TimeUnit.MINUTES) > 30);
  }

  @Test
  void join_withStubbornTask_endsAfterDeadlineAndCancelTimeout() {
    CountDownLatch never = guard.latch();
    Duration limit = Duration.ofMillis(100);
    try (TaskScope block = TaskScope.open("block", o -> o.deadline(limit).cancelTimeout(limit))) {
      Task<Void> stubborn = block.spawn("stubborn", () -> awaitStubbornly(never));
      long start = System.nanoTime();

      assertThatThrownBy(block::join).hasCauseInstanceOf(TimeoutException.class);

      assertThat(since(start)).isLessThan(limit.plus(limit).plus(SLACK));
      assertThat(((Outcome.Abandoned) stubborn.outcome().orElseThrow()).stack())
          .anyMatch(frame -> frame.getMethodName().equals("awaitStubbornly"));
    }
  }

  @Test
  void close_withStubbornTask_endsAfterDeadlineAndCancelTimeout() {
    CountDownLatch never = guard.latch();
    Duration limit = Duration.ofMillis(100);
    TaskScope block =
        TaskScope.open(
            "block", o -> o.policy(Policy.SUPERVISE).deadline(limit).cancelTimeout(limit));
    Task<Void> stubborn = block.spawn("stubborn", () -> awaitStubbornly(never));
    long start = System.nanoTime();

    block.close();

    assertThat(since(start)).isLessThan(limit.plus(limit).plus(SLACK));
    assertThat(stubborn.outcome().orElseThrow()).isInstanceOf(Outcome.Abandoned.class);
    assertThat(block.state()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void close_withStubbornTaskPastTheDeadline_reportsItAsAbandoned() {
    CountDownLatch never = guard.latch();
    Duration limit = Duration.ofMillis(50);
    TaskScope block =
        TaskScope.open(
            "block", o -> o.policy(Policy.SUPERVISE).deadline(limit).cancelTimeout(limit));
    block.spawn("stubborn", () -> awaitStubbornly(never));

    block.close();

    ShutdownReport report = block.report().orElseThrow();
    assertThat(report.result()).isEqualTo(ShutdownReport.Result.ABANDONED);
    assertThat(report.abandoned()).hasSize(1);
  }

  @Test
  void join_withBlockingAbandonHook_endsAfterDeadlineAndCancelTimeout() throws Exception {
    CountDownLatch never = guard.latch();
    TaskHook blocking =
        new TaskHook() {
          @Override
          public void taskAbandoned(Task<?> task) {
            awaitStubbornly(never);
          }
        };
    Duration limit = Duration.ofMillis(300);
    TaskScope web = guard.root("web", o -> o.deadline(limit).cancelTimeout(limit).hook(blocking));
    Task<Void> own = web.spawn("stubborn", () -> awaitStubbornly(never));
    Task<Void> inside = web.child("child").spawn("stubborn", () -> awaitStubbornly(never));
    await("start", () -> own.hasStarted() && inside.hasStarted());

    CompletableFuture<Void> joined =
        CompletableFuture.runAsync(
            () -> assertThatThrownBy(web::join).isInstanceOf(TaskFailedException.class));

    joined.get(5, TimeUnit.SECONDS);
  }

  @Test
  void close_withoutJoin_cancelsAtOnceInFailFastBlock() {
    CountDownLatch never = guard.latch();
    AtomicReference<Task<?>> task = new AtomicReference<>();
    long start = System.nanoTime();
    assertThatThrownBy(
            () -> {
              try (TaskScope block = TaskScope.open("block")) {
                task.set(block.spawn("t", () -> never.await()));
                throw new IOException("early exit");
              }
            })
        .hasMessage("early exit");

    assertThat(since(start)).isLessThan(SLACK);
    assertThat(task.get().outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
  }

  @Test
  void close_withoutJoin_cancelsAtOnceInScopesOfTheBlockToo() {
    CountDownLatch never = guard.latch();
    long start = System.nanoTime();
    try (TaskScope block = TaskScope.open("block")) {
      block.child("child").spawn("t", () -> never.await());
    }
    assertThat(since(start)).isLessThan(SLACK);
  }

  @Test
  void close_ofSuperviseBlock_waitsForTheTasks() {
    CountDownLatch release = guard.latch();
    TaskScope block = TaskScope.open("block", o -> o.policy(Policy.SUPERVISE));
    Task<String> task =
        block.spawn(
            "t",
            () -> {
              release.await();
              return "done";
            });
    Thread.ofPlatform()
        .start(
            () -> {
              await("drain", () -> block.state() == ScopeState.DRAINING);
              release.countDown();
            });

    block.close();

    assertThat(task.resultNow()).isEqualTo("done");
    assertThat(block.report().orElseThrow().result()).isEqualTo(ShutdownReport.Result.CLEAN);
  }

  @Test
  void close_ofSuperviseBlock_cancelsAfterItsDrainTimeout() {
    CountDownLatch never = guard.latch();
    TaskScope block =
        TaskScope.open("b", o -> o.policy(Policy.SUPERVISE).drainTimeout(Duration.ofMillis(20)));
    Task<Void> task = block.spawn("t", () -> never.await());

    block.close();

    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(block.report().orElseThrow().result()).isEqualTo(ShutdownReport.Result.CANCELLED);
  }

  @Test
  void close_byInterruptedOwner_cancelsAndKeepsTheInterrupt() {
    CountDownLatch never = guard.latch();
    TaskScope block = TaskScope.open("block", o -> o.policy(Policy.SUPERVISE));
    Task<Void> task = block.spawn("t", () -> never.await());
    Thread owner = Thread.currentThread();
    Thread.ofPlatform()
        .start(
            () -> {
              await("drain", () -> block.state() == ScopeState.DRAINING);
              owner.interrupt();
            });

    block.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
  }

  @Test
  void close_ofEmptyBlock_hasNoReport() {
    TaskScope block = TaskScope.open("block");
    block.close();
    block.close();

    assertThat(block.state()).isEqualTo(ScopeState.CLOSED);
    assertThat(block.report()).isEmpty();
    assertThatThrownBy(() -> block.spawn("late", () -> 1))
        .isInstanceOf(ScopeClosedException.class)
        .hasMessageContaining("late");
    assertThatThrownBy(() -> block.own("late", () -> {})).isInstanceOf(ScopeClosedException.class);
  }

  @Test
  void close_twiceAfterAShutdown_doesNothing() {
    CountDownLatch never = guard.latch();
    TaskScope block = TaskScope.open("block");
    block.spawn("t", () -> never.await());
    block.close();
    ShutdownReport report = block.report().orElseThrow();
    block.close();

    assertThat(block.shutdown(Duration.ZERO)).isSameAs(report);
  }

  @Test
  void close_outOfOrder_closesTheInnerBlocksToo() {
    CountDownLatch never = guard.latch();
    TaskScope outer = TaskScope.open("outer");
    TaskScope inner = TaskScope.open("inner");
    Task<Void> task = inner.spawn("t", () -> never.await());
    try {
      outer.close();

      assertThat(inner.state()).isEqualTo(ScopeState.CLOSED);
      assertThat(task.isCancelled()).isTrue();
      assertThat(TaskScope.current()).isEmpty();
      inner.close();
      assertThat(TaskScope.current()).isEmpty();
    } finally {
      Context.restore(null);
    }
  }

  @Test
  void close_outOfOrder_leavesNoContextBehind() {
    TaskScope outer = TaskScope.open("outer");
    TaskScope inner = TaskScope.open("inner");
    try {
      outer.close();
      inner.close();
      assertThat(Context.current()).isNull();
    } finally {
      Context.restore(null);
    }
  }

  @Test
  void close_onAnotherThread_endsTheBlock() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch never = guard.latch();
    Thread opener =
        Thread.ofPlatform()
            .start(
                () -> {
                  TaskScope block = TaskScope.open("block");
                  block.spawn("t", () -> never.await());
                  Thread closer = Thread.ofPlatform().start(block::close);
                  awaitEnd(closer);
                  assertThat(block.state()).isEqualTo(ScopeState.CLOSED);
                  assertThat(TaskScope.current()).isEmpty();
                  interrupted.set(Thread.currentThread().isInterrupted());
                });
    opener.join();

    assertThat(interrupted).isFalse();
    assertThat(TaskScope.roots()).isEmpty();
  }

  private static void awaitEnd(Thread thread) {
    await("end of " + thread, () -> !thread.isAlive());
  }

  @Test
  void resources_ofABlock_areClosedWithIt() {
    List<String> closed = new ArrayList<>();
    try (TaskScope block = TaskScope.open("block")) {
      block.own("first", () -> closed.add("first"));
      block.onClose("second", () -> closed.add("second"));
    }
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void shutdown_afterAnEmptyBlockWasClosed_doesNothing() {
    TaskScope web = guard.root("web");
    TaskScope block = TaskScope.open("block");
    block.close();

    ShutdownReport report = block.shutdown(Duration.ofSeconds(1));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(TaskScope.roots()).containsExactly(web);
  }
}
