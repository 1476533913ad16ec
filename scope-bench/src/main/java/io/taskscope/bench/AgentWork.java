// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import java.util.concurrent.CountDownLatch;

/**
 * What is measured with and without agents. Methods of a class of their own, so that tracing agents
 * can be told to put a span around each: else they would have nothing to carry across a step.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields are what is measured
public final class AgentWork {
  static final int SPAWNS = 1_000;
  static final int STEPS = 20_000;

  private AgentWork() {}

  /** Starts threads that do nothing, and waits for them. */
  public static void spawns() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(SPAWNS);
    Runnable body = done::countDown;
    for (int i = 0; i < SPAWNS; i++) {
      Thread.startVirtualThread(body);
    }
    done.await();
  }

  /** Leaves the carrier and comes back. */
  public static void yields() {
    for (int i = 0; i < STEPS; i++) {
      Thread.yield();
    }
  }

  /** One of the two sides of a {@link HandOver}. */
  public static void handOver(HandOver work, boolean first) {
    if (first) {
      work.first();
    } else {
      work.second();
    }
  }
}
