// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.FinishedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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
      Context.@Nullable TaskRef creator,
      @Nullable Steps steps) {}

  private final int size;
  private final HistoryBudget budget;
  private volatile @Nullable Ring<Entry> last; // made when the first task ends
  private volatile @Nullable Ring<Entry> failures; // made when the first task fails
  private volatile boolean dropped;

  /**
   * @param size how many are shown; 0 keeps none
   * @param budget shared by all histories of one tree
   */
  History(int size, HistoryBudget budget) {
    this.size = size;
    this.budget = budget;
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
            task.creator(),
            task.steps);
    int grown = last().add(entry) ? 1 : 0;
    if (outcome instanceof Outcome.Failure && failures().add(entry)) {
      grown++;
    }
    if (grown > 0) {
      budget.grew(grown, this);
    }
    if (dropped) { // meanwhile: a task that was abandoned, most likely
      dropped();
    }
  }

  private Ring<Entry> last() {
    Ring<Entry> ring = last;
    return ring == null ? make() : ring;
  }

  private synchronized Ring<Entry> make() {
    Ring<Entry> ring = last;
    if (ring == null) {
      ring = new Ring<>(size);
      last = ring;
    }
    return ring;
  }

  /** Failures are rare enough for a lock. */
  private synchronized Ring<Entry> failures() {
    Ring<Entry> ring = failures;
    if (ring == null) {
      ring = new Ring<>(Math.max(1, size / 2));
      failures = ring;
    }
    return ring;
  }

  /** Gives up its oldest place; false if it has none. */
  boolean dropOldest() {
    Ring<Entry> tasks = last;
    Ring<Entry> failed = failures;
    return (tasks != null && tasks.dropOldest()) || (failed != null && failed.dropOldest());
  }

  boolean isEmpty() {
    return rings().stream().allMatch(Ring::isEmpty);
  }

  /** The scope is closed and gone from the tree; its places are free for others. */
  void dropped() {
    dropped = true;
    clear();
    budget.forget(this);
  }

  private void clear() {
    int kept = 0;
    for (Ring<Entry> ring : rings()) {
      kept += ring.clear();
    }
    budget.shrank(kept);
  }

  private List<Ring<Entry>> rings() {
    return Stream.of(Optional.ofNullable(last), Optional.ofNullable(failures))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The last tasks, and the last failures beyond those; the newest first. */
  List<FinishedTask> read() {
    Set<Entry> shown = new LinkedHashSet<>();
    rings().forEach(ring -> shown.addAll(ring.newestFirst()));
    return shown.stream().map(History::describe).toList();
  }

  /** Told of tasks with slow steps; times are by {@link System#nanoTime}. */
  @FunctionalInterface
  interface SlowVisitor {
    void visit(String path, String name, long longestNanos, long finishedNanos);
  }

  /** Shows the visitor each task whose longest step was a slow one. */
  void forEachSlow(SlowVisitor visitor) {
    for (Ring<Entry> ring : rings()) {
      for (Entry entry : ring.newestFirst()) {
        Steps steps = entry.steps;
        if (steps != null && steps.slowSteps() > 0) {
          visitor.visit(entry.path, entry.name, steps.longestNanos(), entry.finishedNanos);
        }
      }
    }
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
        entry.steps == null
            ? TaskTimes.of(entry.createdNanos, started, entry.finishedNanos)
            : entry.steps.times(entry.createdNanos, started, entry.finishedNanos),
        entry.creator == null ? List.of() : entry.creator.chain());
  }
}
