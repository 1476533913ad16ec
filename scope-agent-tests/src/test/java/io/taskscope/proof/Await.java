// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what will come to be, with patience. */
final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Await() {}

  static void until(String what, BooleanSupplier holds) throws InterruptedException {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("should have been by now: " + what).isLessThan(limit);
      Thread.sleep(2);
    }
  }

  /** Until no task of the scope lives, and as many have ended as have started. */
  static void quiet(TaskScope scope) throws InterruptedException {
    until(
        "as many tasks ended in %s as started; live: %s".formatted(scope.path(), scope.tasks()),
        () -> ScopeCounts.isQuiet(scope));
  }
}
