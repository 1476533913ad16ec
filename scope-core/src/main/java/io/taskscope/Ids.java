// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.atomic.AtomicLong;

/** Ids of scopes and tasks: dense, unique within the JVM's life, greater than 0. */
final class Ids {
  private static final AtomicLong SCOPES = new AtomicLong();
  private static final AtomicLong TASKS = new AtomicLong();

  private Ids() {}

  static long nextScope() {
    return SCOPES.incrementAndGet();
  }

  static long nextTask() {
    return TASKS.incrementAndGet();
  }
}
