// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskFailedException;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Leaving a block that has a time limit of 50 ms while a task in it works for 600 ms and ignores
 * interrupts.
 */
public class LeaveBenchmark extends OneShotBenchmark {
  private static final Duration LIMIT = Duration.ofMillis(50);
  private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

  @Benchmark
  public boolean structuredTaskScope() throws InterruptedException {
    try (var structured =
        StructuredTaskScope.open(
            Joiner.<Boolean>awaitAllSuccessfulOrThrow(), c -> c.withTimeout(LIMIT))) {
      structured.fork(LeaveBenchmark::workStubbornly);
      structured.join();
      return false;
    } catch (StructuredTaskScope.TimeoutException expected) {
      return true;
    }
  }

  @Benchmark
  public boolean taskScope() throws InterruptedException {
    try (TaskScope block = TaskScope.open("block", o -> o.deadline(LIMIT).cancelTimeout(LIMIT))) {
      block.spawn("stubborn", LeaveBenchmark::workStubbornly);
      block.join();
      return false;
    } catch (TaskFailedException expected) {
      return true;
    }
  }

  private static boolean workStubbornly() {
    long until = System.nanoTime() + WORK_NANOS;
    for (long left = WORK_NANOS; left > 0; left = until - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.sleep(left);
      } catch (InterruptedException ignored) {
        // that is what makes it stubborn
      }
    }
    return true;
  }
}
