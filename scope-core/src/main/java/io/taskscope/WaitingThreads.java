// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for a condition of one object. They park instead of using the object's
 * monitor: waiting in a monitor makes the JVM build one of its own for the object and tear it down
 * again, and blocks, which nearly always are waited for once, come by the thousand.
 */
final class WaitingThreads {
  private record Waiting(Thread thread, @Nullable Waiting next) {}

  private volatile @Nullable Waiting first; // guarded for writing by this

  /** Whether there are any. Who makes the condition true asks this after doing so. */
  boolean any() {
    return first != null;
  }

  /** All look at their condition again. */
  void wake() {
    for (Waiting at = first; at != null; at = at.next) {
      LockSupport.unpark(at.thread);
    }
  }

  /**
   * Returns when the condition is true, which is looked at whenever {@link #wake} is called.
   *
   * @throws InterruptedException if the thread is interrupted before or meanwhile
   */
  void awaitUntil(BooleanSupplier condition) throws InterruptedException {
    if (condition.getAsBoolean()) {
      return;
    }
    Thread me = Thread.currentThread();
    synchronized (this) {
      first = new Waiting(me, first);
    }
    try {
      while (!condition.getAsBoolean()) { // again: it may have come true before we were listed
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.park(this);
      }
    } finally {
      remove(me);
    }
  }

  private synchronized void remove(Thread thread) {
    Waiting left = null;
    for (Waiting at = first; at != null; at = at.next) {
      if (at.thread != thread) {
        left = new Waiting(at.thread, left);
      }
    }
    first = left;
  }
}
