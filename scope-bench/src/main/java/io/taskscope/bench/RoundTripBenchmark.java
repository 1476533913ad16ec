// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One task that does nothing: start it, and wait for its result. Two switches between threads are
 * most of the time.
 */
public class RoundTripBenchmark extends NanosBenchmark {
  private final Callable<Integer> body = () -> 1;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final TaskScope scope = TaskScope.root("bench");

  @TearDown
  public void close() {
    executor.close();
    scope.shutdown(Duration.ofSeconds(10));
  }

  @Benchmark
  public void virtualThread() throws InterruptedException {
    Thread.startVirtualThread(() -> {}).join();
  }

  @Benchmark
  public int executor() throws InterruptedException, ExecutionException {
    return executor.submit(body).get();
  }

  @Benchmark
  public int structuredTaskScope() throws InterruptedException {
    try (var structured = StructuredTaskScope.<Integer>open()) {
      var subtask = structured.fork(body);
      structured.join();
      return subtask.get();
    }
  }

  @Benchmark
  public int taskScope() throws InterruptedException, ExecutionException {
    return scope.spawn("task", body).get();
  }
}
