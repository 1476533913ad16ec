// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import io.taskscope.TaskScope;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Churn for a long time, to see whether the heap stays flat: blocks open and close, tasks start
 * threads and give work to pools that outlive them, some fail, some are cancelled, and long-lived
 * scopes come and go. Prints one line every tenth of the time, and ends with 1 if the heap has
 * grown.
 *
 * <p>Arguments: seconds.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields are part of the churn
public final class SoakProgram {
  private static final int SAMPLES = 10;

  /** What the later half may be above the earlier: noise of a collector, not a leak. */
  private static final long TOLERATED_BYTES = 4L << 20;

  private final ExecutorService pool = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final AtomicLong rounds = new AtomicLong();

  private SoakProgram() {}

  /** See the class. */
  public static void main(String... arguments) throws Exception {
    System.exit(new SoakProgram().soak(Duration.ofSeconds(Long.parseLong(arguments[0]))));
  }

  private int soak(Duration time) throws Exception {
    TaskScope root =
        TaskScope.root("soak", o -> o.onFailure((task, error) -> io.taskscope.Decision.HANDLED));
    long start = System.nanoTime();
    churnUntil(root, start + time.toNanos() / (SAMPLES + 1)); // all code is warm, all caches full
    long[] heap = new long[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      churnUntil(root, start + (i + 2) * time.toNanos() / (SAMPLES + 1));
      heap[i] = heapAfterCollection();
      System.out.printf(
          "%5d s  heap %,d KiB  rounds %,d  adopted %,d  threads %d  live %d%n",
          Duration.ofNanos(System.nanoTime() - start).toSeconds(),
          heap[i] >> 10,
          rounds.get(),
          ScopeCounts.adopted(root),
          Thread.activeCount(),
          ScopeCounts.of(root).live());
    }
    long grown = mean(heap, SAMPLES / 2, SAMPLES) - mean(heap, 0, SAMPLES / 2);
    System.out.printf("later half of the samples minus earlier: %,d KiB%n", grown >> 10);
    System.out.print(root.shutdown(Duration.ofSeconds(30)));
    pool.shutdownNow();
    timer.shutdownNow();
    return grown > TOLERATED_BYTES ? 1 : 0;
  }

  private void churnUntil(TaskScope root, long end) throws Exception {
    while (System.nanoTime() < end) {
      root.spawn("round", this::round).get();
      TaskScope child = root.child("child-" + rounds.get() % 10);
      child.spawn("left", () -> Thread.sleep(Duration.ofDays(1)));
      child.shutdown(Duration.ZERO);
      rounds.incrementAndGet();
    }
  }

  private void round() throws Exception {
    try (TaskScope block = TaskScope.open("block")) {
      for (int i = 0; i < 20; i++) {
        block.spawn("yields", Thread::yield);
      }
      block.spawn("parks", () -> LockSupport.parkNanos(1_000));
      block.join();
    }
    Thread virtual = Thread.startVirtualThread(Thread::yield);
    Thread platform = Thread.ofPlatform().start(() -> LockSupport.parkNanos(1_000));
    CompletableFuture<?> stages =
        CompletableFuture.supplyAsync(() -> 1, pool)
            .thenApplyAsync(one -> one + 1)
            .thenAcceptAsync(two -> Thread.yield(), pool);
    var ticks = timer.scheduleAtFixedRate(() -> {}, 0, 1, TimeUnit.MILLISECONDS);
    timer.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get();
    ticks.cancel(false);
    try (ExecutorService perTask = Executors.newVirtualThreadPerTaskExecutor()) {
      perTask.submit(
          () -> {
            throw new IllegalStateException("wanted");
          });
    }
    stages.get();
    virtual.join();
    platform.join();
  }

  private static long heapAfterCollection() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static long mean(long[] of, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += of[i];
    }
    return sum / (to - from);
  }
}
