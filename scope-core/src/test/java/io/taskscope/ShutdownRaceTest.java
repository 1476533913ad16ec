// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ShutdownReport.Result;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Shutdowns against everything else that goes on in the tree. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShutdownRaceTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void spawnAgainstClose_isTakenAndEndsOrIsRefused() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger counted = new AtomicInteger();
    Duel.run(
        1_000,
        round -> TaskScope.root("web"),
        web -> {
          try {
            web.spawn("t", ran::incrementAndGet);
            taken.incrementAndGet();
          } catch (ScopeClosedException e) {
            assertThat(e).hasMessageContaining("/web");
          }
        },
        TaskScope::close,
        web -> {
          assertThat(web.view().live()).isZero();
          counted.addAndGet((int) web.view().started());
        });

    assertThat(counted).hasValue(taken.get());
    assertThat(ran.get()).isLessThanOrEqualTo(taken.get());
  }

  @Test
  void twoShutdowns_giveOneReport() throws Exception {
    AtomicReference<ShutdownReport> other = new AtomicReference<>();
    AtomicReference<ShutdownReport> own = new AtomicReference<>();
    Duel.run(
        1_000,
        round -> {
          TaskScope web = TaskScope.root("web");
          web.child("child").spawn("t", () -> {});
          return web;
        },
        web -> own.set(web.shutdown(LONG)),
        web -> other.set(web.shutdown(LONG)),
        web -> {
          assertThat(own.get()).isSameAs(other.get());
          assertThat(web.report()).containsSame(own.get());
          assertThat(own.get().all()).hasSize(2);
        });
  }

  @Test
  void shutdownsOfParentAndChild_closeBothOnce() throws Exception {
    Duel.run(
        1_000,
        round -> {
          TaskScope web = TaskScope.root("web");
          return Map.entry(web, web.child("child"));
        },
        race -> race.getKey().shutdown(LONG),
        race -> race.getValue().shutdown(LONG),
        race -> {
          assertThat(race.getValue().state()).isEqualTo(ScopeState.CLOSED);
          assertThat(race.getKey().children()).isEmpty();
        });
  }

  @Test
  void shutdownAgainstChildCreation_closesTheChildOrRefusesIt() throws Exception {
    guard.expectScopesToCloseWhileTheyOpen(); // D33: remove when that is mended
    AtomicReference<TaskScope> made = new AtomicReference<>();
    Duel.run(
        1_000,
        round -> {
          made.set(null);
          return TaskScope.root("web");
        },
        web -> web.shutdown(LONG),
        web -> {
          try {
            made.set(web.child("child"));
            made.get().spawn("t", () -> 1);
          } catch (ScopeClosedException e) {
            assertThat(e).hasMessageContaining("/web");
          }
        },
        web -> {
          assertThat(web.state()).isEqualTo(ScopeState.CLOSED);
          assertThat(web.children()).isEmpty();
          if (made.get() != null) {
            assertThat(made.get().state()).isEqualTo(ScopeState.CLOSED);
            assertThat(made.get().view().live()).isZero();
            assertThat(web.report().orElseThrow().all()).hasSize(2);
          }
        });
  }

  @Test
  void blockCloseAgainstShutdownOfTheScopeAround_closesTheBlockOnce() throws Exception {
    Duel.run(
        1_000,
        round -> {
          TaskScope web = TaskScope.root("web");
          CountDownLatch go = new CountDownLatch(1);
          CountDownLatch opened = new CountDownLatch(1);
          Task<ScopeState> owner =
              web.spawn(
                  "owner",
                  () -> {
                    TaskScope seen;
                    try (TaskScope block = TaskScope.open("block")) {
                      seen = block;
                      if (round % 2 == 0) {
                        block.spawn("t", () -> {});
                      }
                      opened.countDown();
                      go.await();
                    }
                    return seen.state();
                  });
          opened.await();
          return Map.entry(owner, go);
        },
        race -> race.getKey().scope().shutdown(LONG),
        race -> race.getValue().countDown(),
        race -> {
          TaskScope web = race.getKey().scope();
          assertThat(race.getKey().get(5, TimeUnit.SECONDS)).isEqualTo(ScopeState.CLOSED);
          assertThat(web.state()).isEqualTo(ScopeState.CLOSED);
          await("empty", () -> web.children().isEmpty());
        });
  }

  @Test
  void blockCloseAgainstCancelledShutdown_closesTheBlockOnce() throws Exception {
    Duel.run(
        300,
        round -> {
          TaskScope web =
              TaskScope.root(
                  "web",
                  o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofNanos(100_000)));
          CountDownLatch opened = new CountDownLatch(2);
          CountDownLatch go = new CountDownLatch(1);
          for (int i = 0; i < 2; i++) {
            web.spawn(
                "owner",
                () -> {
                  try (TaskScope block = TaskScope.open("block")) {
                    block.spawn("t", () -> awaitStubbornly(go));
                    opened.countDown();
                    awaitStubbornly(go); // stubborn: is abandoned, and then leaves its closed block
                  }
                });
          }
          opened.await();
          return Map.entry(web, go);
        },
        race -> race.getKey().shutdown(LONG),
        race -> race.getValue().countDown(),
        race -> {
          assertThat(race.getKey().state()).isEqualTo(ScopeState.CLOSED);
          await("owners end", () -> race.getKey().view().live() == 0);
          await("empty", () -> race.getKey().children().isEmpty());
        });
  }

  @Test
  void blockCloseAgainstItsShutdown_closesTheBlockOnce() throws Exception {
    TaskScope web = guard.root("web");
    Duel.run(
        3_000,
        round -> TaskScope.open("block"),
        TaskScope::close,
        block -> block.shutdown(LONG),
        block -> {
          assertThat(block.state()).isEqualTo(ScopeState.CLOSED);
          assertThat(TaskScope.roots()).containsExactly(web);
        });
  }

  @Test
  void shutdownWhileTasksStart_interruptsEachOfThem() throws Exception {
    Duel.run(
        3_000,
        round ->
            TaskScope.root(
                "web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofSeconds(2))),
        web -> {
          try {
            while (true) {
              web.spawn("waiting", ShutdownRaceTest::parkUntilInterrupted);
            }
          } catch (ScopeClosedException e) {
            assertThat(e).hasMessageContaining("/web");
          }
        },
        web -> web.shutdown(LONG),
        web -> assertThat(web.report().orElseThrow().abandoned()).isEmpty());
  }

  /** Not on a common latch: thousands that leave its queue at once take seconds. */
  private static void parkUntilInterrupted() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  /** Spawns a task that spawns the next one and ends, and so on: at every moment one is live. */
  private static void chain(TaskScope here, TaskScope next, int left, CountDownLatch end) {
    if (left == 0) {
      end.countDown();
    } else {
      here.spawn("hop", () -> chain(next, here, left - 1, end));
    }
  }

  @Test
  void shutdownOfAChainOfTasks_drainsToItsEnd() {
    for (int round = 0; round < 300; round++) {
      TaskScope web = guard.root("web");
      CountDownLatch end = new CountDownLatch(1);
      chain(web, web, 5_000, end);

      ShutdownReport report = web.shutdown(LONG);

      assertThat(report.result()).isEqualTo(Result.CLEAN);
      assertThat(end.getCount()).isZero();
    }
  }

  @Test
  void joinOfAChainOfTasksOverTwoScopes_returnsAtItsEnd() throws Exception {
    for (int round = 0; round < 50; round++) {
      TaskScope web = guard.root("web");
      TaskScope last = web;
      for (int depth = 0; depth < 100; depth++) {
        last = last.child("child");
      }
      CountDownLatch end = new CountDownLatch(1);
      chain(web, last, 20_000, end);
      web.join();
      assertThat(end.getCount()).isZero();
    }
  }

  @Test
  void shutdownFromInsideATask_withoutDrainTime_doesNotCancelThatTask() {
    for (int round = 0; round < 300; round++) {
      TaskScope web =
          guard.root("web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO));
      Task<ShutdownReport> task = web.spawn("t", () -> web.shutdown(LONG));
      await("end", task::isDone);

      assertThat(task.outcome()).contains(new Outcome.Success());
      assertThat(task.resultNow().result()).isEqualTo(Result.CLEAN);
    }
  }

  @Test
  void shutdownWithResourcesThatReactToTheInterrupt_ends() throws Exception {
    CountDownLatch never = guard.latch();
    TaskScope web = guard.root("web");
    for (int i = 0; i < 100; i++) {
      web.child(
              "child-" + i, o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(1)))
          .onClose("slow", () -> never.await());
    }

    CompletableFuture<Void> closed = CompletableFuture.runAsync(web::close);

    closed.get(10, TimeUnit.SECONDS);
    assertThat(web.report().orElseThrow().result()).isEqualTo(Result.ABANDONED);
  }

  @Test
  void shutdownWhileATaskDrainsItsBlock_waitsForBoth() throws Exception {
    TaskScope web = guard.root("web");
    AtomicBoolean poolClosed = new AtomicBoolean();
    web.onClose("pool", () -> poolClosed.set(true));
    CountDownLatch leave = guard.latch();
    CountDownLatch release = guard.latch();
    AtomicReference<TaskScope> block = new AtomicReference<>();
    Task<Boolean> owner =
        web.spawn(
            "owner",
            () -> {
              try (TaskScope own = TaskScope.open("block", o -> o.policy(Policy.SUPERVISE))) {
                own.spawn("inner", () -> awaitStubbornly(release));
                block.set(own);
                leave.await();
              }
              return poolClosed.get();
            });
    await("block", () -> block.get() != null);
    CompletableFuture<ShutdownReport> report =
        CompletableFuture.supplyAsync(() -> web.shutdown(LONG));
    await("drain", () -> web.state() == ScopeState.DRAINING);
    leave.countDown();
    await("exit", () -> block.get().state() != ScopeState.OPEN);
    await("release", () -> report.isDone() || block.get().state() == ScopeState.DRAINING);
    release.countDown();

    assertThat(owner.get(5, TimeUnit.SECONDS)).as("pool closed under a live task").isFalse();
    assertThat(report.get(5, TimeUnit.SECONDS).counts().success()).isEqualTo(1);
  }

  @Test
  void cancelWhileATaskDrainsItsBlock_cancelsThatTaskToo() {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    AtomicReference<TaskScope> block = new AtomicReference<>();
    Task<Void> owner =
        web.spawn(
            "owner",
            () -> {
              try (TaskScope own = TaskScope.open("block", o -> o.policy(Policy.SUPERVISE))) {
                own.spawn("inner", () -> never.await());
                block.set(own);
              }
              never.await();
            });
    await("exit", () -> block.get() != null && block.get().state() == ScopeState.DRAINING);

    web.cancel("stop");

    await("end", owner::isDone);
    assertThat(owner.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
  }
}
