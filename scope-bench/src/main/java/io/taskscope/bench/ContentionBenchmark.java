// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Tasks per millisecond that all processors together start in one scope, and end. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Threads(Threads.MAX)
public class ContentionBenchmark extends NanosBenchmark {
  private static final int BATCH = SpawnBenchmark.BATCH;

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final TaskScope scope = TaskScope.root("bench");

  @TearDown
  public void close() {
    executor.close();
    scope.shutdown(Duration.ofSeconds(10));
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
  public void taskScope() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    TaskAction<RuntimeException> body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      scope.spawn("task", body);
    }
    done.await();
  }
}
