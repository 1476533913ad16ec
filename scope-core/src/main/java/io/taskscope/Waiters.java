// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that wait for one task. Made when the first comes; most tasks never have one. */
final class Waiters extends CountDownLatch {
  private final AtomicInteger waiting = new AtomicInteger();

  Waiters() {
    super(1);
  }

  void enter() {
    waiting.incrementAndGet();
  }

  void exit() {
    waiting.decrementAndGet();
  }

  boolean anyone() {
    return waiting.get() > 0;
  }
}
