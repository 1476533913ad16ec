// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Heap per live task, in the column {@code bytesPerTask}; the time it took says nothing. Counts
 * what the task itself keeps and what its user holds, the thread's stack included.
 */
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-preview", "-Xms2g", "-Xmx2g"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class MemoryBenchmark extends OneShotBenchmark {
  /** Rounds before the one that counts: a stack of interpreted frames is larger. */
  private static final int WARM_UPS = 4;

  @Param("100000")
  public int tasks;

  /** What is measured. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Heap {
    public double bytesPerTask;
  }

  private interface Start {
    /** Starts a thread with this body, and answers what its user would hold on to. */
    Object start(Parked body) throws InterruptedException;
  }

  @Benchmark
  public void virtualThread(Heap heap) throws InterruptedException {
    ThreadFactory factory = Thread.ofVirtual().name("parked").factory();
    measure(
        heap,
        body -> {
          Thread thread = factory.newThread(body);
          thread.start();
          return thread;
        });
  }

  @Benchmark
  public void executor(Heap heap) throws InterruptedException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      measure(heap, executor::submit);
    }
  }

  @Benchmark
  public void taskScope(Heap heap) throws InterruptedException {
    TaskScope scope = TaskScope.root("bench");
    measure(heap, body -> scope.spawn("parked", (TaskAction<RuntimeException>) body));
    scope.close();
  }

  private void measure(Heap heap, Start start) throws InterruptedException {
    for (int i = 0; i < WARM_UPS; i++) {
      heap.bytesPerTask = live(start);
    }
    heap.bytesPerTask = live(start);
  }

  /** Starts all tasks, weighs them and ends them. */
  private double live(Start start) throws InterruptedException {
    List<Object> held = new ArrayList<>(tasks);
    Parked body = new Parked(tasks);
    long before = usedHeap();
    for (int i = 0; i < tasks; i++) {
      held.add(start.start(body));
    }
    body.awaitAll();
    double each = (usedHeap() - before) / (double) tasks;
    held.forEach(MemoryBenchmark::interrupt);
    body.awaitEnds();
    return each;
  }

  private static void interrupt(Object handle) {
    if (handle instanceof Thread thread) {
      thread.interrupt();
    } else {
      ((Future<?>) handle).cancel(true);
    }
  }

  private static long usedHeap() {
    long used = Long.MAX_VALUE;
    while (true) {
      System.gc();
      long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      if (now >= used) {
        return used;
      }
      used = now;
    }
  }
}
