// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskScope;
import java.util.concurrent.StructuredTaskScope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A whole block: open, start tasks that do nothing, join, close. */
public class BlockBenchmark extends NanosBenchmark {
  @Param({"1", "10", "1000"})
  public int tasks;

  @Benchmark
  public void structuredTaskScope() throws InterruptedException {
    try (var structured = StructuredTaskScope.open()) {
      for (int i = 0; i < tasks; i++) {
        structured.fork(() -> {});
      }
      structured.join();
    }
  }

  @Benchmark
  public void taskScope() throws InterruptedException {
    try (TaskScope block = TaskScope.open("block")) {
      for (int i = 0; i < tasks; i++) {
        block.spawn("task", () -> {});
      }
      block.join();
    }
  }
}
