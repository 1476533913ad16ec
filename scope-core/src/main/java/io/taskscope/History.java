// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.FinishedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a long-lived scope that ended last, and the failures among them, which are kept
 * longer. Blocks write into the history of the scope around them, because they are gone when
 * someone looks.
 */
final class History {
  static final int DEFAULT_SIZE = 64;

  /** What is kept of a task: enough to describe it, and neither its result nor its thread. */
  private record Entry(
      long id,
      String name,
      String path,
      TaskOrigin origin,
      Outcome outcome,
      long createdNanos,
      long startedNanos,
      long finishedNanos,
      Context.@Nullable TaskRef creator) {}

  private final int size;
  private final HistoryBudget budget;
  private final Deque<Entry> last = new ArrayDeque<>(0); // oldest first; guarded by this
  private final Deque<Entry> failures = new ArrayDeque<>(0); // oldest first; guarded by this

  /**
   * @param size how many are shown; 0 keeps none
   * @param budget shared by all histories of one tree
   */
  History(int size, HistoryBudget budget) {
    this.size = size;
    this.budget = budget;
    if (size > 0) {
      budget.register(this);
    }
  }

  void add(TaskRun<?> task, Outcome outcome, long created, long started, long finished) {
    if (size == 0) {
      return;
    }
    Entry entry =
        new Entry(
            task.id(),
            task.name(),
            task.scope().path(),
            task.origin(),
            outcome,
            created,
            started,
            finished,
            task.creator());
    int grown;
    synchronized (this) {
      grown = add(last, entry, size);
      if (outcome instanceof Outcome.Failure) {
        grown += add(failures, entry, failuresKept());
      }
    }
    if (grown > 0) {
      budget.grew(grown, this); // without the lock: it may take places from other histories
    }
  }

  private int failuresKept() {
    return Math.max(1, size / 2);
  }

  private static int add(Deque<Entry> entries, Entry entry, int most) {
    entries.addLast(entry);
    if (entries.size() > most) {
      entries.removeFirst();
      return 0;
    }
    return 1;
  }

  /** Gives up its oldest place; false if it has none. */
  synchronized boolean dropOldest() {
    return last.pollFirst() != null || failures.pollFirst() != null;
  }

  /** The scope is closed and gone from the tree; its places are free for others. */
  void dropped() {
    int kept;
    synchronized (this) {
      kept = last.size() + failures.size();
      last.clear();
      failures.clear();
    }
    budget.unregister(this, kept);
  }

  /** The last tasks, and the last failures beyond those; the newest first. */
  List<FinishedTask> read() {
    Set<Entry> shown;
    synchronized (this) {
      shown = new LinkedHashSet<>(last.reversed());
      shown.addAll(failures.reversed());
    }
    return shown.stream().map(History::describe).toList();
  }

  private static FinishedTask describe(Entry entry) {
    long started = entry.startedNanos == 0 ? entry.finishedNanos : entry.startedNanos;
    Instant finishedAt =
        Instant.now().minus(Duration.ofNanos(System.nanoTime() - entry.finishedNanos));
    return new FinishedTask(
        entry.id,
        entry.name,
        entry.path,
        entry.origin,
        entry.outcome,
        finishedAt,
        TaskTimes.of(entry.createdNanos, started, entry.finishedNanos),
        entry.creator == null ? List.of() : entry.creator.chain());
  }
}
