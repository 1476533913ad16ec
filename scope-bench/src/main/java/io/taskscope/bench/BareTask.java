// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import java.util.concurrent.CountDownLatch;

/** The least a task has to do. */
final class BareTask implements Runnable {
  private static final InheritableThreadLocal<BareTask> CURRENT = new InheritableThreadLocal<>();

  private final CountDownLatch done;
  private final long created = System.nanoTime();
  private long started;
  private long finished;

  BareTask(CountDownLatch done) {
    this.done = done;
  }

  @Override
  public void run() {
    started = System.nanoTime();
    CURRENT.set(this);
    done.countDown();
    finished = System.nanoTime();
    if (finished - started < 0 || started - created < 0) {
      throw new AssertionError("the clock went back");
    }
  }
}
