// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskAction;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** The body of tasks that are there and do nothing: each is parked until it is interrupted. */
final class Parked implements Runnable, TaskAction<RuntimeException> {
  private final CountDownLatch parking;
  private final CountDownLatch ending;

  /**
   * @param tasks how many tasks will share this body
   */
  Parked(int tasks) {
    parking = new CountDownLatch(tasks);
    ending = new CountDownLatch(tasks);
  }

  @Override
  public void run() {
    parking.countDown();
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park(this);
    }
    ending.countDown();
  }

  /** Returns when all tasks are parked, or a few instructions short of it. */
  void awaitAll() throws InterruptedException {
    parking.await();
  }

  /**
   * Returns when all tasks have been interrupted, and are a few instructions short of their end.
   */
  void awaitEnds() throws InterruptedException {
    ending.await();
  }
}
