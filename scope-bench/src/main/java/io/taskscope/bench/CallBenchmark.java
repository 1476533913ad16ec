// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskScope;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/** A task on the calling thread, next to calling its body directly. */
public class CallBenchmark extends NanosBenchmark {
  private final TaskScope scope = TaskScope.root("bench");
  private int value = 1;

  @TearDown
  public void close() {
    scope.shutdown(Duration.ofSeconds(10));
  }

  @Benchmark
  public int direct() {
    return body();
  }

  @Benchmark
  public int call() {
    return scope.<Integer, RuntimeException>call("task", this::body);
  }

  private int body() {
    return value++;
  }
}
