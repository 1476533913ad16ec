// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Two virtual threads that wake each other in turn and then park; one step each turn. */
public final class HandOver {
  private final int turns;
  private volatile int turn;
  private volatile @Nullable Thread one;
  private volatile @Nullable Thread two;

  HandOver(int turns) {
    this.turns = turns;
  }

  void between(Thread first, Thread second) {
    one = first;
    two = second;
  }

  /** Both tell who they are before either begins. */
  void join(CountDownLatch known, boolean first) throws InterruptedException {
    if (first) {
      one = Thread.currentThread();
    } else {
      two = Thread.currentThread();
    }
    known.countDown();
    known.await();
    AgentWork.handOver(this, first);
  }

  void first() {
    go(0, two);
  }

  void second() {
    go(1, one);
  }

  private void go(int mine, @Nullable Thread other) {
    for (int next = mine; next < turns; next += 2) {
      while (turn != next) {
        LockSupport.park();
      }
      turn = next + 1;
      LockSupport.unpark(other);
    }
  }
}
