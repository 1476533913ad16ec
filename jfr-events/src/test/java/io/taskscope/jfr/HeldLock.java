// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.util.concurrent.CountDownLatch;

/** A lock that another thread holds until the one that made this waits for it. */
final class HeldLock {
  private HeldLock() {}

  /** Has it held; returns when it is, the thread that holds it. */
  static Thread hold(Object lock) throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    Thread waiter = Thread.currentThread();
    Thread holder =
        Thread.ofPlatform()
            .start(
                () -> {
                  synchronized (lock) {
                    held.countDown();
                    while (waiter.getState() != Thread.State.BLOCKED) {
                      Thread.onSpinWait();
                    }
                  }
                });
    held.await();
    return holder;
  }
}
