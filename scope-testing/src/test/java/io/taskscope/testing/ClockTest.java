// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static io.taskscope.testing.TreeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.Outcome;
import io.taskscope.ScopeState;
import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.ShutdownReport.Result;
import io.taskscope.Task;
import io.taskscope.TaskFailedException;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every time limit of the tree goes by its clock. */
@Timeout(30)
class ClockTest {
  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private static final Duration DRAIN = Duration.ofHours(1);
  private static final Duration CANCEL = Duration.ofMinutes(10);

  private TestClock clock;
  private TaskScope web;

  @BeforeEach
  void makeTree() {
    clock = taskscope.clock();
    web = taskscope.root("web", o -> o.clock(clock).drainTimeout(DRAIN).cancelTimeout(CANCEL));
  }

  private Task<Void> obedient(TaskScope scope) {
    CountDownLatch never = taskscope.latch();
    return started(scope.spawn("obedient", () -> never.await()));
  }

  private Task<Void> stubborn(TaskScope scope, CountDownLatch gate) {
    return started(
        scope.spawn(
            "stubborn",
            () -> {
              while (gate.getCount() > 0) {
                try {
                  gate.await();
                } catch (InterruptedException e) {
                  // goes on, which is what this is about
                }
              }
            }));
  }

  private static Task<Void> started(Task<Void> task) {
    Eventually.holds(task::hasStarted);
    return task;
  }

  /** On a thread of its own, as the common pool may have but one. */
  private static <T> Future<T> async(Callable<T> body) {
    FutureTask<T> future = new FutureTask<>(body);
    Thread.ofPlatform().daemon().start(future);
    return future;
  }

  private Future<ShutdownReport> shuttingDown(Duration deadline) {
    Future<ShutdownReport> report = async(() -> web.shutdown(deadline));
    Eventually.holds(() -> web.state() != ScopeState.OPEN);
    return report;
  }

  @Test
  void drainTimeout_isOverWhenTheClockSaysSo() throws Exception {
    Task<Void> task = obedient(web);
    Future<ShutdownReport> report = shuttingDown(Duration.ofDays(1));
    clock.advance(DRAIN.minusNanos(1));
    assertThat(task.isDone()).isFalse();
    assertThat(web.state()).isEqualTo(ScopeState.DRAINING);

    clock.advance(Duration.ofNanos(1));

    ShutdownReport result = report.get(10, TimeUnit.SECONDS);
    assertThat(result).hasResult(Result.CANCELLED).abandoned();
    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(result.duration()).isEqualTo(DRAIN);
    assertThat(result.phases().getFirst().phase()).isEqualTo(ShutdownPhase.DRAIN);
    assertThat(result.phases().getFirst().duration()).isEqualTo(DRAIN);
  }

  @Test
  void cancelTimeout_isOverWhenTheClockSaysSo() throws Exception {
    CountDownLatch gate = taskscope.latch();
    Task<Void> task = stubborn(web, gate);
    Future<ShutdownReport> report = shuttingDown(Duration.ofDays(1));
    clock.advance(DRAIN);
    Eventually.holds(() -> web.state() == ScopeState.CANCELLING);
    clock.advance(CANCEL.minusNanos(1));
    assertThat(task.isDone()).isFalse();
    clock.advance(Duration.ofNanos(1));

    assertThat(report.get(10, TimeUnit.SECONDS)).hasResult(Result.ABANDONED).abandoned("stubborn");
    assertThat(report.get().duration()).isEqualTo(DRAIN.plus(CANCEL));
  }

  @Test
  void deadlineOfShutdown_isByTheClock() throws Exception {
    CountDownLatch gate = taskscope.latch();
    stubborn(web, gate);
    Task<Void> obedient = obedient(web.child("app", o -> o.drainTimeout(DRAIN)));
    Future<ShutdownReport> report = async(() -> web.shutdown(Duration.ofMinutes(1)));
    Eventually.holds(() -> web.shutdownDeadline().isPresent());
    clock.advance(Duration.ofMinutes(1));
    Eventually.holds(obedient::isDone);
    Eventually.holds(
        () -> {
          clock.advance(Duration.ofMillis(10));
          return report.isDone();
        });

    assertThat(report.get()).hasResult(Result.ABANDONED).closedInOrder("/web/app", "/web");
    assertThat(report.get().all().getFirst().result()).isEqualTo(Result.CANCELLED);
  }

  @Test
  void deadlineOfScope_cancelsItsTasks() {
    TaskScope app = web.child("app", o -> o.deadline(Duration.ofMinutes(5)));
    Task<Void> task = obedient(app);
    clock.advance(Duration.ofMinutes(5).minusNanos(1));
    assertThat(task.isDone()).isFalse();
    clock.advance(Duration.ofNanos(1));
    Eventually.holds(task::isDone);

    assertThat(((Outcome.Cancelled) task.outcome().orElseThrow()).by()).isEqualTo("its deadline");
    assertThatThrownBy(app::join)
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void deadlineOfScope_abandonsAfterTheCancelTimeout() {
    CountDownLatch gate = taskscope.latch();
    TaskScope app = web.child("app", o -> o.deadline(Duration.ofMinutes(5)).cancelTimeout(CANCEL));
    Task<Void> task = stubborn(app, gate);
    clock.advance(Duration.ofMinutes(5));
    Eventually.holds(() -> clock.nextDue().equals(java.util.Optional.of(CANCEL)));
    clock.advance(CANCEL);
    Eventually.holds(task::isDone);

    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Abandoned.class);
    assertThat(app.state()).isEqualTo(ScopeState.OPEN);
  }

  @Test
  void deadlineOfBlock_thatEndsInTime_leavesNothingScheduled() throws Exception {
    web.call(
        "request",
        () -> {
          try (TaskScope block = TaskScope.open("checkout", o -> o.deadline(DRAIN))) {
            assertThat(clock.pending()).isEqualTo(1);
            block.spawn("price", () -> 1).get();
            block.join();
          }
        });

    assertThat(clock.pending()).isZero();
  }

  @Test
  void deadlineOfBlock_isSeenByJoin() throws Exception {
    Task<Void> request =
        web.spawn(
            "request",
            () -> {
              try (TaskScope block = TaskScope.open("checkout", o -> o.deadline(DRAIN))) {
                CountDownLatch never = taskscope.latch();
                block.spawn("price", () -> never.await());
                assertThatThrownBy(block::join)
                    .isInstanceOf(TaskFailedException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
              }
            });
    Eventually.holds(() -> web.find("checkout").map(s -> s.view().live() == 1).orElse(false));
    clock.advance(DRAIN);

    request.get(10, TimeUnit.SECONDS);
  }

  @Test
  void resourceThatHangs_isGivenUpByTheClock() throws Exception {
    CountDownLatch gate = taskscope.latch();
    CountDownLatch closing = new CountDownLatch(1);
    web.onClose(
        "hangs",
        () -> {
          closing.countDown();
          gate.await();
        });
    Future<ShutdownReport> report = shuttingDown(Duration.ofDays(1));
    closing.await();
    assertThat(report.isDone()).isFalse();
    clock.advance(DRAIN.plus(CANCEL));

    assertThat(report.get(10, TimeUnit.SECONDS)).hasResult(Result.ABANDONED);
    assertThat(report.get().resources().getFirst().timedOut()).isTrue();
  }

  @Test
  void tightenedShutdown_endsAtTheNewDeadline() throws Exception {
    obedient(web);
    Future<ShutdownReport> first = shuttingDown(Duration.ofDays(1));
    Future<ShutdownReport> second = async(() -> web.shutdown(Duration.ofSeconds(30)));
    Eventually.holds(() -> clock.nextDue().equals(java.util.Optional.of(Duration.ofSeconds(30))));
    clock.advance(Duration.ofSeconds(30));

    assertThat((Object) second.get(10, TimeUnit.SECONDS)).isSameAs(first.get(10, TimeUnit.SECONDS));
    assertThat(second.get()).hasResult(Result.CANCELLED);
  }

  @Test
  void shutdown_leavesNothingScheduled() {
    obedient(web.child("app", o -> o.deadline(DRAIN).drainTimeout(Duration.ZERO)));
    web.shutdown(DRAIN);

    Eventually.holds(() -> clock.pending() == 0);
    assertThat(web.state()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void clockOfAChild_mustBeThatOfItsRoot() {
    assertThat(web.child("same", o -> o.clock(clock)).path()).isEqualTo("/web/same");
    assertThatThrownBy(() -> web.child("other", o -> o.clock(new TestClock())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other")
        .hasMessageContaining("/web");
  }

  @Test
  void clockThatWrapsAround_changesNothing() throws Exception {
    TestClock wrapping = new TestClock(Long.MAX_VALUE - Duration.ofMinutes(30).toNanos());
    TaskScope root =
        TaskScope.root("wrap", o -> o.clock(wrapping).drainTimeout(DRAIN).cancelTimeout(CANCEL));
    Task<Void> task = obedient(root);
    Future<ShutdownReport> report = async(() -> root.shutdown(Duration.ofDays(1)));
    Eventually.holds(() -> root.state() == ScopeState.DRAINING);
    wrapping.advance(DRAIN.minusNanos(1));
    assertThat(task.isDone()).isFalse();
    wrapping.advance(Duration.ofNanos(1));

    assertThat(report.get(10, TimeUnit.SECONDS)).hasResult(Result.CANCELLED);
    assertThat(report.get().duration()).isEqualTo(DRAIN);
  }
}
