// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.TelemetryDrops;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

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

  /** Those that keep something, or have done so until a moment ago. */
  private final Set<History> histories = ConcurrentHashMap.newKeySet();

  /** Goes round among them. Guarded by this. */
  private Iterator<History> turn = Collections.emptyIterator();

  /** The history is gone. */
  void forget(History history) {
    histories.remove(history);
  }

  /** A history has given places back. */
  void shrank(int places) {
    kept.addAndGet(-places);
  }

  /** A history has taken new places. */
  void grew(int places, History by) {
    histories.add(by);
    int over = kept.addAndGet(places) - MAX_PER_ROOT;
    while (over > 0 && makeRoom(by)) {
      over--;
    }
  }

  private synchronized boolean makeRoom(History notFrom) {
    for (int rounds = 0; rounds < 2; ) { // the turn may begin in the midst of the first
      if (!turn.hasNext()) {
        turn = histories.iterator();
        rounds++;
      } else if (takeFrom(turn.next(), notFrom)) {
        return true;
      }
    }
    return takeFrom(notFrom, null);
  }

  private boolean takeFrom(History next, @Nullable History notFrom) {
    if (next == notFrom) {
      return false;
    }
    if (next.dropOldest()) {
      kept.decrementAndGet();
      GIVEN_UP.increment();
      return true;
    }
    histories.remove(next);
    if (!next.isEmpty()) { // it has taken a place just now
      histories.add(next);
    }
    return false;
  }
}
