// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.ShutdownReport;
import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Ending many parked tasks at once: interrupt them all and wait until the last one is gone. */
public class ShutdownBenchmark extends OneShotBenchmark {
  @Param("100000")
  public int tasks;

  /** A scope full of parked tasks. */
  @State(Scope.Benchmark)
  public static class FullScope {
    private TaskScope scope = TaskScope.root("unused");

    @Setup(Level.Invocation)
    public void fill(ShutdownBenchmark benchmark) throws InterruptedException {
      scope.close();
      scope = TaskScope.root("bench", o -> o.drainTimeout(Duration.ZERO));
      Parked body = new Parked(benchmark.tasks);
      for (int i = 0; i < benchmark.tasks; i++) {
        scope.spawn("parked", (TaskAction<RuntimeException>) body);
      }
      body.awaitAll();
    }
  }

  /** An executor full of parked tasks. */
  @State(Scope.Benchmark)
  public static class FullExecutor {
    private ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @Setup(Level.Invocation)
    public void fill(ShutdownBenchmark benchmark) throws InterruptedException {
      executor.close();
      executor = Executors.newVirtualThreadPerTaskExecutor();
      Parked body = new Parked(benchmark.tasks);
      for (int i = 0; i < benchmark.tasks; i++) {
        executor.submit(body);
      }
      body.awaitAll();
    }
  }

  @Benchmark
  public boolean executor(FullExecutor full) throws InterruptedException {
    full.executor.shutdownNow();
    return full.executor.awaitTermination(1, TimeUnit.MINUTES);
  }

  @Benchmark
  public ShutdownReport taskScope(FullScope full) {
    return full.scope.shutdown(Duration.ofMinutes(1));
  }
}
