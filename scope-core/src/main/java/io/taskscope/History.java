// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.FinishedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a long-lived scope that ended last, and the failures among them, which are kept
 * longer. Blocks write into the history of the scope around them, because they are gone when
 * someone looks.
 *
 * <p>Split like the registry, so that ending tasks do not wait for each other; each part keeps as
 * many as the whole may show, so that what is shown really are the last ones.
 */
final class History {
  static final int DEFAULT_SIZE = 64;

  /** Finished tasks kept below one root, all its scopes together. */
  static final int MAX_PER_ROOT = 10_000;

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

  private static final class Ring {
    private final int size;
    private @Nullable Entry[] entries = {};
    private int next;

    Ring(int size) {
      this.size = size;
    }

    /** Whether it has taken a new place instead of that of its oldest. */
    boolean add(Entry entry, boolean mayGrow) {
      if (entries.length == 0) { // most scopes see few tasks, and fewer failures
        entries = new @Nullable Entry[size];
      }
      boolean grows = entries[next] == null;
      if (grows && !mayGrow) {
        if (next == 0) {
          return false; // no place in the whole tree, and none here to give away
        }
        next = 0;
        grows = false;
      }
      entries[next] = entry;
      next = (next + 1) % entries.length;
      return grows;
    }

    void addTo(List<Entry> all) {
      for (Entry entry : entries) {
        if (entry != null) {
          all.add(entry);
        }
      }
    }
  }

  private static final class Part {
    final Ring last; // guarded by this
    final Ring failures; // guarded by this

    Part(int size) {
      last = new Ring(size);
      failures = new Ring(Math.max(1, size / 2));
    }
  }

  private final int size;
  private final Part[] parts;
  private final AtomicInteger keptInTree;
  private final AtomicInteger keptHere = new AtomicInteger();

  /**
   * @param size how many are shown; 0 keeps none
   * @param keptInTree shared by all histories of one tree
   */
  History(int size, AtomicInteger keptInTree) {
    this.size = size;
    this.keptInTree = keptInTree;
    this.parts = new Part[TaskRegistry.LONG_LIVED_STRIPES];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new Part(size);
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
    Part part = parts[(int) task.id() & (parts.length - 1)];
    synchronized (part) {
      boolean mayGrow = keptInTree.get() < MAX_PER_ROOT;
      int grown = part.last.add(entry, mayGrow) ? 1 : 0;
      if (outcome instanceof Outcome.Failure) {
        grown += part.failures.add(entry, mayGrow) ? 1 : 0;
      }
      if (grown > 0) {
        keptInTree.addAndGet(grown);
        keptHere.addAndGet(grown);
      }
    }
  }

  /** The scope is closed and gone from the tree; its places are free for others. */
  void dropped() {
    keptInTree.addAndGet(-keptHere.getAndSet(0));
  }

  /** The last tasks, and the last failures beyond those; the newest first. */
  List<FinishedTask> read() {
    List<Entry> last = new ArrayList<>();
    List<Entry> failures = new ArrayList<>();
    for (Part part : parts) {
      synchronized (part) {
        part.last.addTo(last);
        part.failures.addTo(failures);
      }
    }
    List<Entry> shown = new ArrayList<>(newest(last, size));
    newest(failures, Math.max(1, size / 2)).stream()
        .filter(failure -> !shown.contains(failure))
        .forEach(shown::add);
    return newest(shown, shown.size()).stream().map(History::describe).toList();
  }

  private static List<Entry> newest(List<Entry> entries, int count) {
    long now = System.nanoTime();
    return entries.stream()
        .sorted(Comparator.comparingLong(entry -> now - entry.finishedNanos))
        .limit(count)
        .toList();
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
        TaskRun.times(entry.createdNanos, started, entry.finishedNanos),
        entry.creator == null ? List.of() : entry.creator.chain());
  }
}
