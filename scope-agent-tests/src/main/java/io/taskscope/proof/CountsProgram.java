// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import io.taskscope.ParkReason;
import io.taskscope.Task;
import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import io.taskscope.view.AgentStatus;
import io.taskscope.view.StepStatistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Does a known number of everything that the agent counts, and prints what it has counted as lines
 * {@code key=value}. Nothing but the JDK and the core are on its class path.
 *
 * <p>Arguments: how many yields; a twentieth of that are the timed parks and less the slower ones.
 */
public final class CountsProgram {
  private static final int TASKS = 4;

  private CountsProgram() {}

  /** See the class. */
  public static void main(String... arguments) throws Exception {
    int yields = Integer.parseInt(arguments[0]);
    AgentStatus agent = TaskScope.statistics().agent();
    print("java", Runtime.version().feature());
    print("agent", agent.state().label());
    agent.missing().forEach(sentence -> print("missing", sentence));
    TaskScope root = TaskScope.root("counts");
    if (agent.state() != AgentStatus.State.OFF) {
      count(root, "yields", ParkReason.YIELD, yields, Thread::yield);
      count(root, "parks", ParkReason.TIMED_PARK, yields / 20, () -> LockSupport.parkNanos(1_000));
      count(root, "sleeps", ParkReason.SLEEP, yields / 2_000, () -> Thread.sleep(20));
      count(root, "waits", ParkReason.OBJECT_WAIT, yields / 400, CountsProgram::waitShortly);
      print("monitors", monitors(root.child("monitors"), yields / 2_000));
      print("time", timeAddsUp(root.child("time")));
    }
    AdoptionProgram.run(root);
    print("report", root.shutdown(Duration.ofSeconds(30)).result().label());
  }

  static void print(String key, Object value) {
    System.out.println(key + "=" + value);
  }

  @SuppressWarnings("WaitNotInLoop") // that it times out is the point
  private static void waitShortly() throws InterruptedException {
    Object lock = new Object();
    synchronized (lock) {
      lock.wait(1);
    }
  }

  /** Prints how often what was done was seen, per time that it was done. */
  private static void count(
      TaskScope root, String name, ParkReason reason, int times, TaskAction<Exception> what)
      throws Exception {
    TaskScope scope = root.child(name);
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      tasks.add(
          scope.spawn(
              name,
              () -> {
                for (int n = 0; n < times / TASKS; n++) {
                  what.run();
                }
              }));
    }
    for (Task<?> task : tasks) {
      task.get();
    }
    scope.join();
    StepStatistics seen = ScopeCounts.steps(scope);
    print(name, seen.parks().getOrDefault(reason, 0L) - (long) TASKS * (times / TASKS));
    long all = seen.parks().values().stream().mapToLong(Long::longValue).sum();
    if (reason != ParkReason.SLEEP) { // the JDK's timer may itself have a sleeper wait for a lock
      print(name + ".others", all - seen.parks().getOrDefault(reason, 0L));
    }
    print(name + ".steps", seen.steps() - all - TASKS); // one step more than waits, per task
    scope.shutdown(Duration.ofSeconds(10));
  }

  /** One task after the other has to wait for a monitor, once; answers how many too many. */
  private static long monitors(TaskScope scope, int times) throws Exception {
    Object monitor = new Object();
    for (int i = 0; i < times; i++) {
      Task<?> task;
      synchronized (monitor) {
        task = scope.spawn("monitor", () -> enter(monitor));
        while (task.thread().map(Thread::getState).orElse(Thread.State.NEW)
            != Thread.State.BLOCKED) {
          Thread.onSpinWait();
        }
      }
      task.get();
    }
    scope.join();
    return ScopeCounts.parks(scope, ParkReason.MONITOR_ENTER) - times;
  }

  @SuppressWarnings("EmptySynchronizedBlock")
  private static void enter(Object monitor) {
    synchronized (monitor) {
      // To wait for it was all.
    }
  }

  /** Whether queued, running and parked time of a busy task are its age but for two percent. */
  @SuppressWarnings("ThreadPriorityCheck") // it is to yield, among other things
  private static boolean timeAddsUp(TaskScope scope) throws Exception {
    Task<?> task =
        scope.spawn(
            "busy",
            () -> {
              long end = System.nanoTime() + 300_000_000;
              while (System.nanoTime() < end) {
                Thread.sleep(1);
                Thread.yield();
              }
            });
    task.get();
    scope.join();
    var times = task.times();
    Duration sum = times.queued().plus(times.running()).plus(times.parked());
    return sum.compareTo(times.age()) <= 0
        && sum.toNanos() >= (long) (times.age().toNanos() * 0.98);
  }
}
