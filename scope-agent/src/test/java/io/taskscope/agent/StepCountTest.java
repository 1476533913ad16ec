// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ParkReason;
import io.taskscope.Task;
import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import io.taskscope.TaskTimes;
import io.taskscope.testing.TaskscopeExtension;
import io.taskscope.view.AgentStatus;
import io.taskscope.view.StepStatistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every switch is seen, once, with its reason, and all time is accounted for. */
@ExtendWith(TaskscopeExtension.class)
@SuppressWarnings({"ThreadPriorityCheck", "WaitNotInLoop"}) // that is what is counted
class StepCountTest {
  private static final int TASKS = 4;

  private final TaskScope root = TaskScope.root("steps");

  @AfterEach
  void close() {
    root.shutdown(Duration.ofSeconds(10));
  }

  @Test
  void agent_onThisJdk_isComplete() {
    assertThat(TaskScope.statistics().agent())
        .isEqualTo(new AgentStatus(AgentStatus.State.ON, List.of()));
  }

  @Test
  void yields_aMillion_areCountedExactly() throws Exception {
    int each = 250_000;
    List<Task<Void>> tasks =
        inEach(
            "yields",
            () -> {
              for (int i = 0; i < each; i++) {
                Thread.yield();
              }
            });
    for (Task<Void> task : tasks) {
      assertThat(task.times().steps()).isEqualTo(each + 1);
      assertThat(task.times().parks()).isZero(); // it waited for nothing
      assertAddsUp(task.times());
    }
    StepStatistics sums = sums("/steps/yields");
    assertThat(sums.parks().get(ParkReason.YIELD)).isEqualTo((long) TASKS * each);
    assertThat(sums.steps()).isEqualTo((long) TASKS * (each + 1));
    assertThat(sums.parkedBy().get(ParkReason.YIELD)).isZero();
    assertThat(sums.parked()).isZero();
  }

  @Test
  void timedParks_areCountedExactly() throws Exception {
    int each = 5_000;
    List<Task<Void>> tasks =
        inEach(
            "timed",
            () -> {
              for (int i = 0; i < each; i++) {
                LockSupport.parkNanos(1_000);
              }
            });
    for (Task<Void> task : tasks) {
      assertThat(task.times().parks()).isEqualTo(each);
      assertThat(task.times().steps()).isEqualTo(each + 1);
      assertAddsUp(task.times());
    }
    StepStatistics sums = sums("/steps/timed");
    assertThat(sums.parks().get(ParkReason.TIMED_PARK)).isEqualTo((long) TASKS * each);
    assertThat(sums.parkedBy().get(ParkReason.TIMED_PARK)).isEqualTo(sums.parked()).isPositive();
  }

  @Test
  void sleeps_areToldFromOtherTimedParks() throws Exception {
    int each = 50;
    List<Task<Void>> tasks =
        inEach(
            "sleeps",
            () -> {
              for (int i = 0; i < each; i++) {
                Thread.sleep(1);
              }
            });
    StepStatistics sums = sums("/steps/sleeps");
    assertThat(sums.parks().get(ParkReason.SLEEP)).isGreaterThanOrEqualTo((long) TASKS * each);
    assertThat(sums.parks().get(ParkReason.TIMED_PARK)).isZero();
    assertThat(sums.parkedBy().get(ParkReason.SLEEP)).isGreaterThan(Duration.ofMillis(each));
    for (Task<Void> task : tasks) {
      assertAddsUp(task.times());
    }
  }

  @Test
  void objectWaits_areCountedExactly() throws Exception {
    int each = 200;
    inEach(
        "waits",
        () -> {
          Object lock = new Object();
          synchronized (lock) {
            for (int i = 0; i < each; i++) {
              lock.wait(1);
            }
          }
        });
    StepStatistics sums = sums("/steps/waits");
    assertThat(sums.parks().get(ParkReason.OBJECT_WAIT)).isEqualTo((long) TASKS * each);
    assertThat(sums.parkedBy().get(ParkReason.OBJECT_WAIT)).isGreaterThan(Duration.ofMillis(each));
  }

  @Test
  void monitorEnter_thatIsContended_isParked() throws Exception {
    TaskScope scope = root.child("monitors");
    Object lock = new Object();
    Task<Void> waits;
    synchronized (lock) {
      waits = scope.spawn("enters", () -> enter(lock));
      Task<Void> started = waits;
      Eventually.eventually("it waits", () -> started.times().parks() == 1);
      LockSupport.parkNanos(50_000_000);
      assertThat(scope.tasks("/steps/monitors[state=parked]")).hasSize(1); // live: still waiting
    }
    waits.get();
    StepStatistics sums = sums("/steps/monitors");
    assertThat(sums.parks().get(ParkReason.MONITOR_ENTER)).isEqualTo(1);
    assertThat(sums.parkedBy().get(ParkReason.MONITOR_ENTER)).isGreaterThan(Duration.ofMillis(40));
    assertAddsUp(waits.times());
  }

  private static void enter(Object lock) {
    synchronized (lock) {
      Thread.onSpinWait();
    }
  }

  @Test
  void pingPong_betweenTwoTasks_parksAsOftenAsItMust() throws Exception {
    int rounds = 100_000;
    TaskScope scope = root.child("ping");
    Semaphore ping = new Semaphore(0);
    Semaphore pong = new Semaphore(0);
    Task<Void> one =
        scope.spawn(
            "one",
            () -> {
              for (int i = 0; i < rounds; i++) {
                ping.release();
                pong.acquire();
              }
            });
    Task<Void> two =
        scope.spawn(
            "two",
            () -> {
              for (int i = 0; i < rounds; i++) {
                ping.acquire();
                pong.release();
              }
            });
    one.get();
    two.get();
    for (Task<Void> task : List.of(one, two)) {
      assertThat(task.times().steps()).isEqualTo(task.times().parks() + 1);
      assertAddsUp(task.times());
    }
    assertThat(sums("/steps/ping").parks().get(ParkReason.PARK))
        .isEqualTo(one.times().parks() + two.times().parks());
  }

  @Test
  void call_insideATask_hasTheStepsOfTheThreadMeanwhile() throws Exception {
    TaskScope outer = root.child("outer");
    TaskScope inner = root.child("inner");
    List<TaskTimes> called = new ArrayList<>();
    Task<Void> task =
        outer.spawn(
            "outer",
            () -> {
              Thread.yield();
              inner.call(
                  "inner",
                  () -> {
                    for (int i = 0; i < 10; i++) {
                      Thread.sleep(2);
                    }
                    called.add(Task.current().orElseThrow().times());
                  });
              Thread.yield();
            });
    task.get();
    assertThat(called.getFirst().parks()).isGreaterThanOrEqualTo(10);
    assertThat(called.getFirst().steps()).isEqualTo(called.getFirst().parks() + 1);
    assertAddsUp(called.getFirst());
    assertThat(task.times().steps()).isEqualTo(3); // its own: the beginning and two yields
    assertThat(task.times().parks()).isZero();
    assertThat(task.times().parked()).isGreaterThanOrEqualTo(Duration.ofMillis(20)); // all its time
    assertAddsUp(task.times());
  }

  @Test
  void times_ofALiveTask_addUpAtEveryMoment() throws Exception {
    Task<Void> task =
        root.child("live")
            .spawn(
                "live",
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    LockSupport.parkNanos(100_000);
                    Thread.yield();
                  }
                });
    for (int i = 0; i < 10_000; i++) {
      assertAddsUp(task.times());
    }
    task.cancel("enough");
  }

  @Test
  void times_ofATaskThatJustBegins_addUpAtEveryMoment() throws Exception {
    TaskScope scope = root.child("begins");
    for (int i = 0; i < 2_000; i++) {
      Task<Void> task = scope.spawn("begins", () -> {});
      do {
        assertAddsUp(task.times());
      } while (!task.isDone());
    }
  }

  @Test
  void sums_ofAPath_neverGoBack() throws Exception {
    TaskScope scope = root.child("sums");
    StepStatistics before = null;
    for (int i = 0; i < 200; i++) {
      scope.spawn("short", () -> Thread.yield());
      StepStatistics now = sums("/steps/sums");
      if (before != null) {
        assertThat(now.queued()).isGreaterThanOrEqualTo(before.queued());
        assertThat(now.running()).isGreaterThanOrEqualTo(before.running());
        assertThat(now.steps()).isGreaterThanOrEqualTo(before.steps());
      }
      before = now;
    }
    scope.join();
    Eventually.eventually("all are counted", () -> sums("/steps/sums").steps() == 400);
  }

  @Test
  void waits_ofPlatformThreads_areSeen() throws Exception {
    TaskScope scope = root.child("platform");
    List<TaskTimes> times = new ArrayList<>();
    Thread thread = new Thread(() -> scope.call("platform", () -> waitThrice(times)));
    thread.start();
    thread.join();
    assertThat(times.getFirst().parks()).isEqualTo(3);
    assertThat(times.getFirst().parked()).isGreaterThanOrEqualTo(Duration.ofMillis(25));
    assertAddsUp(times.getFirst());
    StepStatistics sums = sums("/steps/platform");
    assertThat(sums.parks().get(ParkReason.SLEEP)).isEqualTo(1);
    assertThat(sums.parks().get(ParkReason.TIMED_PARK)).isEqualTo(1);
    assertThat(sums.parks().get(ParkReason.OBJECT_WAIT)).isEqualTo(1);
  }

  private static void waitThrice(List<TaskTimes> times) {
    try {
      Thread.sleep(10);
      LockSupport.parkNanos(10_000_000);
      Object lock = new Object();
      synchronized (lock) {
        lock.wait(10);
      }
      times.add(Task.current().orElseThrow().times());
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts it", e);
    }
  }

  @Test
  void interruptedWait_ofAPlatformThread_isOver() throws Exception {
    TaskScope scope = root.child("interrupted");
    Thread thread =
        new Thread(
            () ->
                scope.call(
                    "sleeps",
                    () -> {
                      try {
                        Thread.sleep(60_000);
                      } catch (InterruptedException expected) {
                        assertThat(Task.current().orElseThrow().times().parks()).isEqualTo(1);
                        assertThat(Task.current().orElseThrow().times().steps()).isEqualTo(2);
                      }
                    }));
    thread.start();
    Eventually.eventually(
        "it sleeps", () -> !scope.tasks("/steps/interrupted[state=parked]").isEmpty());
    thread.interrupt();
    thread.join();
    assertThat(scope.history().getFirst().outcome().toString()).startsWith("Success");
  }

  private List<Task<Void>> inEach(String name, TaskAction<?> body)
      throws InterruptedException, ExecutionException {
    TaskScope scope = root.child(name);
    List<Task<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      tasks.add(scope.spawn(name, body));
    }
    for (Task<Void> task : tasks) {
      task.get();
    }
    return tasks;
  }

  private static StepStatistics sums(String path) {
    return TaskScope.statistics().paths().stream()
        .filter(stats -> stats.path().equals(path))
        .findFirst()
        .orElseThrow()
        .steps()
        .orElseThrow();
  }

  /** Exactly, not only within 2 %: no nanosecond of a task is in two states, or in none. */
  private static void assertAddsUp(TaskTimes times) {
    assertThat(times.queued().plus(times.running()).plus(times.parked())).isEqualTo(times.age());
  }
}
