// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.TelemetryDrops;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many finished tasks all histories of one tree keep together. Who needs a place when all are
 * taken gets the oldest one of the other histories in turn.
 */
final class HistoryBudget {
  static final int MAX_PER_ROOT = 10_000;

  private static final LongAdder GIVEN_UP = new LongAdder();

  static {
    TelemetryDrops.add(TelemetryDrops.Signal.HISTORY, () -> Map.of("tree_full", GIVEN_UP.sum()));
  }

  private final AtomicInteger kept = new AtomicInteger();
  private final Queue<History> histories = new ConcurrentLinkedQueue<>();

  void register(History history) {
    histories.add(history);
  }

  void unregister(History history) {
    histories.remove(history);
  }

  /** A history has given places back. */
  void shrank(int places) {
    kept.addAndGet(-places);
  }

  /** A history has taken new places. */
  void grew(int places, History by) {
    int over = kept.addAndGet(places) - MAX_PER_ROOT;
    while (over > 0 && makeRoom(by)) {
      over--;
    }
  }

  private boolean makeRoom(History notFrom) {
    for (int tries = histories.size(); tries >= 0; tries--) {
      History next = histories.poll();
      if (next == null) {
        return false;
      }
      histories.add(next); // to the end: each gives in its turn
      if ((next != notFrom || tries == 0) && next.dropOldest()) {
        kept.decrementAndGet();
        GIVEN_UP.increment();
        return true;
      }
    }
    return false;
  }
}
