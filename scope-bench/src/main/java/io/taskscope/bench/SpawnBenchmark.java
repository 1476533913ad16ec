// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Time per task that does nothing, from its start to its end, when there are many. All tasks of a
 * batch count down the same latch, so that waiting for them costs the same everywhere.
 */
public class SpawnBenchmark extends NanosBenchmark {
  static final int BATCH = 1_000;

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final TaskScope scope = TaskScope.root("bench");

  @TearDown
  public void close() {
    executor.close();
    scope.shutdown(Duration.ofSeconds(10));
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualThread() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    Runnable body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      Thread.startVirtualThread(body);
    }
    done.await();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void executor() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    Runnable body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      executor.submit(body);
    }
    done.await();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void structuredTaskScope() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    Runnable body = done::countDown;
    try (var structured = StructuredTaskScope.open()) {
      for (int i = 0; i < BATCH; i++) {
        structured.fork(body);
      }
      structured.join();
    }
  }

  /**
   * What a task cannot do without: a name, the moments it was made, began and ended, and a context
   * for the threads it starts. Nothing counts it, lists it or can cancel it.
   */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void floor() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    for (int i = 0; i < BATCH; i++) {
      Thread.ofVirtual().name("task").start(new BareTask(done));
    }
    done.await();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void taskScope() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    TaskAction<RuntimeException> body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      scope.spawn("task", body);
    }
    done.await();
  }
}
