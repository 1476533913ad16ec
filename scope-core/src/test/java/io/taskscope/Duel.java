// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Two actions at the very same time, again and again. */
final class Duel {
  /** What may throw anything. */
  interface Action<S> {
    void on(S subject) throws Exception;
  }

  /** Makes what both act on. */
  interface Setup<S> {
    S make(int round) throws Exception;
  }

  private Duel() {}

  /**
   * Runs both actions on each of the subjects, the first one on the calling thread, and then looks
   * at what came of it.
   */
  static <S> void run(
      int rounds, Setup<S> setup, Action<S> first, Action<S> second, Action<S> check)
      throws Exception {
    for (int round = 0; round < rounds; round++) {
      S subject = setup.make(round);
      int head = round % 64; // lets now the one, now the other be a little earlier
      AtomicInteger ready = new AtomicInteger();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread other =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      meet(ready, head - 32);
                      second.on(subject);
                    } catch (Throwable e) {
                      failure.set(e);
                    }
                  });
      meet(ready, 32 - head);
      first.on(subject);
      other.join();
      if (failure.get() != null) {
        throw new AssertionError("round " + round, failure.get());
      }
      check.on(subject);
    }
  }

  private static void meet(AtomicInteger ready, int delay) {
    ready.incrementAndGet();
    for (int spins = 0; ready.get() < 2; spins++) {
      if (spins < 10_000) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(1_000); // the other one needs this processor
      }
    }
    for (int i = 0; i < delay; i++) {
      Thread.onSpinWait();
    }
  }
}
