// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what no event tells of. */
final class Eventually {
  private Eventually() {}

  /** Returns when it holds; fails after 20 seconds. */
  static void holds(BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - until).as("waited too long").isNegative();
      LockSupport.parkNanos(100_000);
    }
  }
}
