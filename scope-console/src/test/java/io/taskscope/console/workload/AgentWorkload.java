// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.workload;

import io.taskscope.Decision;
import io.taskscope.Task;
import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import io.taskscope.jfr.JfrEvents;
import io.taskscope.view.AgentStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * A program with real tasks, to run with the agent on one carrier, which knows what a recording of
 * it has to say: the counts are the constants of this class, and the times are printed, as lines
 * {@code what=least..most} in nanoseconds by the clocks of the program itself.
 *
 * <p>One task runs after the other, so nothing waits that is not meant to.
 */
public final class AgentWorkload {
  public static final int BURNS = 5;
  public static final int QUEUED = 5;
  public static final int READERS = 5;
  public static final int READS = 4;
  public static final int SLEEPERS = 3;
  public static final int SLEEPS = 5;
  public static final int WAITERS = 4;
  public static final int ENTERERS = 4;
  public static final int YIELDS = 100;
  public static final int SUCCEEDED = 7;
  public static final int FAILED = 3;
  public static final int CANCELLED = 2;

  private static final Duration BURN = Duration.ofMillis(60);
  private static final Duration WAIT = Duration.ofMillis(40);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Object DATABASE = new Object();

  private final TaskScope root;
  private final Map<String, Interval> truths = new TreeMap<>();

  private AgentWorkload(TaskScope root) {
    this.root = root;
  }

  /** How long something took together: not less than one number, and not more than another. */
  private static final class Interval {
    private long least;
    private long most;

    synchronized void add(long atLeast, long atMost) {
      least += atLeast;
      most += atMost;
    }

    @Override
    public synchronized String toString() {
      return least + ".." + most;
    }
  }

  /** Runs it. One task lives on when the JVM ends. */
  @SuppressWarnings({"SystemOut", "resource"}) // it is how the test learns; events go on to the end
  public static void main(String... arguments) throws Exception {
    AgentStatus agent = TaskScope.statistics().agent();
    if (agent.state() != AgentStatus.State.ON) {
      throw new IllegalStateException("the agent is " + agent);
    }
    JfrEvents.install();
    // Classes are loaded there, once and for all, and not in the middle of what is measured.
    new AgentWorkload(TaskScope.root("warm-up")).run();
    AgentWorkload measured = new AgentWorkload(TaskScope.root("golden"));
    measured.run();
    measured.truths.forEach((what, truth) -> System.out.println(what + "=" + truth));
  }

  private void run() throws Exception {
    burn(root.child("burn"));
    queue(root.child("hogs"), root.child("queue"));
    read(root.child("read"));
    sleep(root.child("sleep"));
    await(root.child("wait"));
    enter(root.child("enter"));
    yieldOften(root.child("yield"));
    end(root.child("outcomes", o -> o.onFailure((task, error) -> Decision.HANDLED)));
    abandon(
        root.child("stubborn", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO)));
    root.child("live").spawn("still-there", () -> new CountDownLatch(1).await());
  }

  /** The one that {@code what} is printed with; made with the first time. */
  private Interval truth(String what) {
    return truths.computeIfAbsent(what, w -> new Interval());
  }

  /** Awaits a task that was created after a moment and tells how long its body took. */
  private long end(String scope, long before, Task<Long> task) throws Exception {
    long own = task.get();
    truth(scope + ".age").add(own, System.nanoTime() - before);
    return own;
  }

  /** They run, and nothing else. */
  private void burn(TaskScope scope) throws Exception {
    for (int i = 0; i < BURNS; i++) {
      long before = System.nanoTime();
      long own = end("burn", before, scope.spawn("burn", () -> spin(BURN)));
      truth("burn").add(own, System.nanoTime() - before);
    }
  }

  private static long spin(Duration time) {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < time.toNanos()) {
      Thread.onSpinWait();
    }
    return System.nanoTime() - begun;
  }

  /** Each is created by a task that keeps the only carrier for a known time. */
  private void queue(TaskScope hogs, TaskScope queue) throws Exception {
    for (int i = 0; i < QUEUED; i++) {
      List<Task<Long>> created = new ArrayList<>();
      long[] hog =
          hogs.spawn(
                  "hog",
                  () -> {
                    long before = System.nanoTime();
                    created.add(queue.spawn("queued", System::nanoTime));
                    long after = System.nanoTime();
                    spin(BURN);
                    return new long[] {before, after, System.nanoTime()};
                  })
              .get();
      long began = created.getFirst().get();
      truth("queue").add(hog[2] - hog[1], began - hog[0]);
      truth("queue.age").add(hog[2] - hog[1], System.nanoTime() - hog[0]);
    }
  }

  /** They park until this thread lets them go on. */
  private void read(TaskScope scope) throws Exception {
    for (int i = 0; i < READERS; i++) {
      long before = System.nanoTime();
      Task<Long> task = scope.spawn("read", () -> timed(READS, AgentWorkload::awaitRow));
      long parked = 0;
      for (int read = 0; read < READS; read++) {
        Thread reader = inState(task, Thread.State.WAITING);
        parked += letPass(WAIT);
        LockSupport.unpark(reader);
      }
      truth("read").add(parked, end("read", before, task));
    }
  }

  private static void awaitRow() {
    LockSupport.park(DATABASE);
  }

  private void sleep(TaskScope scope) throws Exception {
    for (int i = 0; i < SLEEPERS; i++) {
      long before = System.nanoTime();
      Task<Long> task = scope.spawn("sleep", () -> timed(SLEEPS, () -> Thread.sleep(WAIT)));
      truth("sleep").add(SLEEPS * WAIT.toNanos(), end("sleep", before, task));
    }
  }

  private void await(TaskScope scope) throws Exception {
    for (int i = 0; i < WAITERS; i++) {
      Object monitor = new Object();
      long before = System.nanoTime();
      Task<Long> task = scope.spawn("wait", () -> timed(1, () -> awaitNotice(monitor)));
      inState(task, Thread.State.WAITING);
      long parked = letPass(WAIT);
      synchronized (monitor) {
        monitor.notifyAll();
      }
      truth("wait").add(parked, end("wait", before, task));
    }
  }

  @SuppressWarnings("WaitNotInLoop") // it is the wait that matters
  private static void awaitNotice(Object monitor) throws InterruptedException {
    synchronized (monitor) {
      monitor.wait();
    }
  }

  private void enter(TaskScope scope) throws Exception {
    for (int i = 0; i < ENTERERS; i++) {
      Object monitor = new Object();
      long before = System.nanoTime();
      Task<Long> task;
      long parked;
      synchronized (monitor) {
        task = scope.spawn("enter", () -> timed(1, () -> enterAndLeave(monitor)));
        inState(task, Thread.State.BLOCKED);
        parked = letPass(WAIT);
      }
      truth("enter").add(parked, end("enter", before, task));
    }
  }

  @SuppressWarnings("EmptySynchronizedBlock")
  private static void enterAndLeave(Object monitor) {
    synchronized (monitor) {
      // To wait for it was all.
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // it is to yield
  private static void yieldOften(TaskScope scope) throws Exception {
    scope.spawn("yield", () -> timed(YIELDS, Thread::yield)).get();
  }

  private static void end(TaskScope scope) throws Exception {
    for (int i = 0; i < SUCCEEDED; i++) {
      scope.spawn("succeed", () -> {}).get();
    }
    for (int i = 0; i < FAILED; i++) {
      scope.spawn("fail", AgentWorkload::fail);
    }
    for (int i = 0; i < CANCELLED; i++) {
      Task<Void> task = scope.spawn("cancelled", () -> new CountDownLatch(1).await());
      inState(task, Thread.State.WAITING);
      task.cancel("not needed");
    }
    scope.join();
  }

  private static void fail() {
    throw new IllegalStateException("as it should");
  }

  private static void abandon(TaskScope scope) throws Exception {
    Task<Void> mule = scope.spawn("mule", () -> new Semaphore(0).acquireUninterruptibly());
    inState(mule, Thread.State.WAITING);
    scope.shutdown(Duration.ofSeconds(5));
  }

  /** How long the waits took together, by the clock of who waited. */
  private static long timed(int times, TaskAction<Exception> wait) throws Exception {
    long nanos = 0;
    for (int i = 0; i < times; i++) {
      long begun = System.nanoTime();
      wait.run();
      nanos += System.nanoTime() - begun;
    }
    return nanos;
  }

  private static Thread inState(Task<?> task, Thread.State state) {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < limit) {
      Thread thread = task.thread().orElse(null);
      if (thread != null && thread.getState() == state) {
        return thread;
      }
      Thread.onSpinWait();
    }
    throw new IllegalStateException(task + " was never " + state);
  }

  /** Returns how much time it really was, in nanoseconds. */
  private static long letPass(Duration time) {
    long begun = System.nanoTime();
    long passed = 0;
    while (passed < time.toNanos()) {
      LockSupport.parkNanos(time.toNanos() - passed);
      passed = System.nanoTime() - begun;
    }
    return passed;
  }
}
