// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Races around one task. Each step of its life happens once, whoever wins; the guard counts. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConcurrencyTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void cancelAgainstFinish_givesOneOutcomeThatStays() throws Exception {
    TaskScope web = guard.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
    int rounds = 3_000;
    Duel.run(
        rounds,
        round -> {
          CountDownLatch go = new CountDownLatch(1);
          Task<String> task =
              web.spawn(
                  "t",
                  () -> {
                    awaitStubbornly(go);
                    if (round % 3 == 0) {
                      throw new IOException();
                    }
                    return "result";
                  });
          await("start", task::hasStarted);
          return Map.entry(task, go);
        },
        race -> race.getKey().cancel("too late?"),
        race -> race.getValue().countDown(),
        race -> {
          Task<String> task = race.getKey();
          await("end", task::isDone);
          Outcome outcome = task.outcome().orElseThrow();
          assertThat(endOf(task)).isEqualTo(outcome.kind());
          assertThat(task.cancel("again")).isFalse();
          assertThat(task.outcome()).containsSame(outcome);
        });
    assertThat(web.view().finished().total()).isEqualTo(rounds);
  }

  /** What get says about the end. */
  private static Outcome.Kind endOf(Task<String> task) throws InterruptedException {
    try {
      assertThat(task.get()).isEqualTo("result");
      return Outcome.Kind.SUCCESS;
    } catch (ExecutionException e) {
      return Outcome.Kind.FAILURE;
    } catch (CancellationException e) {
      return task.outcome().orElseThrow() instanceof Outcome.Abandoned
          ? Outcome.Kind.ABANDONED
          : Outcome.Kind.CANCELLED;
    }
  }

  @Test
  void cancelAgainstStart_runsTheBodyOrNotButEndsOnce() throws Exception {
    TaskScope web = guard.root("web");
    AtomicInteger ran = new AtomicInteger();
    int rounds = 20_000;
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      Task<?> task =
          web.spawn(
              "t",
              () -> {
                ran.incrementAndGet();
              });
      for (int j = 0; j < i % 50; j++) {
        Thread.onSpinWait();
      }
      task.cancel("right away");
      tasks.add(task);
    }
    web.join();

    long started = tasks.stream().filter(Task::hasStarted).count();
    assertThat(ran.get()).isEqualTo((int) started);
    assertThat(web.view().finished().total()).isEqualTo(rounds);
    assertThat(tasks).allMatch(Task::isDone);
  }

  @Test
  void cancelWithoutInterruptAgainstStart_neverInterrupts() throws Exception {
    TaskScope web = guard.root("web");
    AtomicInteger interrupted = new AtomicInteger();
    for (int i = 0; i < 300_000; i++) {
      Task<?> task =
          web.spawn(
              "t",
              () -> {
                for (int j = 0; j < 50; j++) {
                  Thread.onSpinWait();
                }
                if (Thread.interrupted()) {
                  interrupted.incrementAndGet();
                }
              });
      for (int j = 0; j < i % 150; j++) {
        Thread.onSpinWait();
      }
      task.cancel(false);
    }
    web.join();
    assertThat(interrupted).hasValue(0);
  }

  @Test
  void abandonAgainstFinish_countsEachTaskOnceAndKeepsItsOutcome() throws Exception {
    for (int round = 0; round < 100; round++) {
      TaskScope web =
          guard.root("web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(1)));
      List<Task<String>> tasks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        long micros = 900 + 30L * i;
        tasks.add(
            web.spawn(
                "t",
                () -> {
                  long until = System.nanoTime() + micros * 1_000;
                  while (System.nanoTime() < until) {
                    Thread.onSpinWait(); // ignores its interrupt
                  }
                  return "result";
                }));
      }
      ShutdownReport report = web.shutdown(Duration.ofSeconds(20));

      List<Outcome> outcomes = tasks.stream().map(task -> task.outcome().orElseThrow()).toList();
      assertThat(report.counts()).isEqualTo(web.view().finished());
      assertThat(report.counts().total()).isEqualTo(20);
      assertThat(report.abandoned()).hasSize((int) report.counts().abandoned());
      assertThat(outcomes.stream().filter(o -> o.kind() == Outcome.Kind.ABANDONED))
          .hasSize((int) report.counts().abandoned());
      for (Task<String> task : tasks) {
        assertThat(endOf(task)).isEqualTo(task.outcome().orElseThrow().kind());
      }
      await("bodies end", () -> tasks.stream().allMatch(task -> task.thread().isEmpty()));
      assertThat(tasks.stream().map(task -> task.outcome().orElseThrow())).isEqualTo(outcomes);
      assertThat(web.view().finished()).isEqualTo(report.counts());
    }
  }

  @Test
  void getAgainstFinish_losesNoWakeUp() throws Exception {
    TaskScope web = guard.root("web");
    Duel.run(
        3_000,
        round -> {
          CountDownLatch go = new CountDownLatch(1);
          Task<String> task =
              web.spawn(
                  "t",
                  () -> {
                    go.await();
                    return "result";
                  });
          return Map.entry(task, go);
        },
        race -> assertThat(race.getKey().get()).isEqualTo("result"),
        race -> race.getValue().countDown(),
        race -> assertThat(race.getKey().isDone()).isTrue());
  }

  @Test
  void getByManyWaiters_wakesAll() throws Exception {
    TaskScope web = guard.root("web");
    for (int round = 0; round < 200; round++) {
      CountDownLatch go = guard.latch();
      Task<String> task =
          web.spawn(
              "t",
              () -> {
                go.await();
                return "result";
              });
      List<Task<String>> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        waiting.add(web.spawn("waiting", () -> task.get()));
      }
      go.countDown();
      for (Task<String> waiter : waiting) {
        assertThat(waiter.get()).isEqualTo("result");
      }
    }
  }

  @Test
  void joinAgainstLastTaskLeaving_returns() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope child = web.child("child");
    Duel.run(
        3_000,
        round -> {
          CountDownLatch go = new CountDownLatch(1);
          for (TaskScope scope : List.of(web, child, child)) {
            scope.spawn("t", () -> go.await());
          }
          return go;
        },
        go -> web.join(),
        CountDownLatch::countDown,
        go -> assertThat(web.view().live() + child.view().live()).isZero());
  }

  @Test
  void tasks_whileOthersComeAndGo_showEachTaskThatStaysOnce() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope churn = guard.root("churn");
    CountDownLatch never = guard.latch();
    CountDownLatch stop = guard.latch();
    Set<Long> staying = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      if (i % 5 == 0) {
        staying.add(web.spawn("stays", () -> never.await()).id());
      } else {
        web.spawn("goes", () -> {});
      }
    }
    for (int i = 0; i < 2; i++) {
      churn.spawn(
          "churner",
          () -> {
            while (stop.getCount() > 0) {
              List<Task<?>> some = new ArrayList<>();
              for (int j = 0; j < 20; j++) {
                some.add(web.spawn("goes", () -> {}));
              }
              for (Task<?> task : some) {
                task.get();
              }
            }
          });
    }
    for (int i = 0; i < 5_000; i++) {
      List<Long> seen = web.tasks().stream().map(Task::id).toList();
      assertThat(new HashSet<>(seen)).hasSameSizeAs(seen).containsAll(staying);
    }
    stop.countDown();
    churn.join();
    assertThat(churn.view().finished().success()).isEqualTo(2);
  }

  @Test
  void statistics_afterATaskIsDone_includeIt() {
    TaskScope web = guard.root("race-stat");
    PathStats stats = ((ScopeNode) web).stats();
    long before = stats.finished().total();
    for (int i = 1; i <= 50_000; i++) {
      Task<Integer> task = web.spawn("t", () -> 1);
      while (!task.isDone()) {
        Thread.onSpinWait();
      }
      assertThat(stats.finished().total() - before).isEqualTo(i);
    }
  }

  @Test
  void tasks_whenJoinReturns_areDoneAndInTheStatistics() throws Exception {
    TaskScope web = guard.root("race-join");
    PathStats stats = ((ScopeNode) web).stats();
    long before = stats.finished().total();
    for (int i = 1; i <= 20_000; i++) {
      Task<Integer> task = web.spawn("t", () -> 1);
      web.join();
      assertThat(task.isDone()).isTrue();
      assertThat(stats.finished().total() - before).isEqualTo(i);
    }
  }

  @Test
  void finishedTask_thatLeftDuringAWalk_keepsNoOtherTask() {
    CountDownLatch releaseOlder = guard.latch();
    CountDownLatch releaseNewer = guard.latch();
    try (TaskScope block = TaskScope.open("block")) {
      Task<Object> older =
          block.spawn(
              "older",
              () -> {
                releaseOlder.await();
                return new Object();
              });
      Task<Void> newer = block.spawn("newer", () -> releaseNewer.await());
      ((ScopeNode) block)
          .registry()
          .forEach(
              task -> {
                releaseNewer.countDown();
                await("end", newer::isDone);
              });
      releaseOlder.countDown();
      await("end", older::isDone);
      WeakReference<Object> result = new WeakReference<>(older.resultNow());
      older = null;

      ContextTest.awaitCollected(List.of(result));
      assertThat(newer.isDone()).isTrue();
    }
  }
}
