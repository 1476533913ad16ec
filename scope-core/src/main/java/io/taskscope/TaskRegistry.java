// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.OutcomeCounts;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The live tasks of one scope and its exact counts. Threads that start tasks are spread over {@link
 * Lane lanes}, so that many processors can spawn into one scope. After {@link #barrier} a change of
 * the scope's state holds for every task.
 *
 * <p>Live is what has started and not finished: both are counted on their own, and since the
 * finished ones are read first, {@code started = finished + live} holds in every reading. A task
 * counts as finished before it is seen to have left, and as departed after it: so whoever sees that
 * it has left sees counts that include it, and whoever sees the scope quiet sees that all have
 * left.
 */
final class TaskRegistry {
  /** Two per processor keep collisions rare; beyond 32 the memory is better spent elsewhere. */
  private static final int LONG_LIVED_LANES =
      Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 2, 32));

  private static final int COUNTS = Count.values().length;

  private static final VarHandle CHUNK;

  static {
    try {
      CHUNK =
          MethodHandles.lookup()
              .findVarHandle(TaskRun.class, "chunk", Lane.Chunk.class)
              .withInvokeExactBehavior();
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How many tasks leave between two looks at what can be thrown out. */
  private static final int SWEEP_EVERY = 64;

  private enum Count {
    SUCCESS,
    FAILURE,
    CANCELLED,
    ABANDONED,
    /** Any of these, and it is seen to have left. */
    DEPARTED;

    static Count of(Outcome.Kind kind) {
      return switch (kind) {
        case SUCCESS -> SUCCESS;
        case FAILURE -> FAILURE;
        case CANCELLED -> CANCELLED;
        case ABANDONED -> ABANDONED;
      };
    }
  }

  private final Lane[] lanes;
  private final Counters<Count> finished;
  private int exempt; // guarded by this

  private TaskRegistry(ScopeNode scope, int laneCount, Counters<Count> finished) {
    lanes = new Lane[laneCount];
    for (int i = 0; i < laneCount; i++) {
      lanes[i] = new Lane(scope);
    }
    this.finished = finished;
  }

  /** For a block, which is short-lived and mostly fed by one thread. */
  static TaskRegistry ofBlock(ScopeNode scope) {
    return new TaskRegistry(scope, 1, Counters.compact(COUNTS));
  }

  static TaskRegistry ofLongLived(ScopeNode scope) {
    return new TaskRegistry(scope, LONG_LIVED_LANES, Counters.spread());
  }

  /** Takes the task in, unless the scope does not admit it now. */
  boolean add(TaskRun<?> task) {
    int lane = lanes.length == 1 ? 0 : (int) Thread.currentThread().threadId() & (lanes.length - 1);
    return lanes[lane].add(task);
  }

  /**
   * Takes the right to {@link #remove} the task; null if another thread has it. Until then the task
   * is still seen among the live ones.
   */
  static Lane.@Nullable Chunk claim(TaskRun<?> task) {
    return (Lane.Chunk) CHUNK.getAndSet(task, (Lane.Chunk) null);
  }

  /** Lets the task go, and counts how it ended. */
  void remove(TaskRun<?> task, Lane.Chunk claimed, Outcome.Kind kind) {
    claimed.remove(task);
    if (task.exempt) {
      unexempt(task);
    }
    if (finished.increment(Count.of(kind), task.id()) % SWEEP_EVERY == 0) {
      claimed.sweep();
    }
  }

  /** A task that was removed is seen to have left: from here on nobody waits for it. */
  void departed(TaskRun<?> task) {
    finished.increment(Count.DEPARTED, task.id());
  }

  /** From now on {@link #isQuiet} does not wait for this task, which itself waits for the scope. */
  synchronized void exempt(TaskRun<?> task) {
    if (!task.exempt && !isClaimed(task)) {
      task.exempt = true; // before looking: whoever lets it go looks the other way round
      exempt++;
      if (isClaimed(task)) {
        unexempt(task);
      }
    }
  }

  private static boolean isClaimed(TaskRun<?> task) {
    return (Lane.Chunk) CHUNK.getVolatile(task) == null;
  }

  /** The opposite of {@link #exempt}, when the task waits no longer. */
  synchronized void unexempt(TaskRun<?> task) {
    if (task.exempt) {
      task.exempt = false;
      exempt--;
    }
  }

  private synchronized int exempt() {
    return exempt;
  }

  /** Whether no task is live, but for those that wait for this very scope. */
  boolean isQuiet() {
    long live = present();
    return live == 0 || live == exempt();
  }

  /** Whether no task is live, background threads included. */
  boolean isEmpty() {
    return present() == 0;
  }

  /** Tasks that have not been seen to leave. */
  private long present() {
    long gone = finished.sum(Count.DEPARTED); // first: what has started since counts as present
    return started() - gone;
  }

  /** When this returns, no {@link #add} is under way that saw an older state of the scope. */
  void barrier() {
    for (Lane lane : lanes) {
      lane.seal();
    }
  }

  /** Shows each live task to the visitor, in no particular order, and holds no lock meanwhile. */
  void forEach(Consumer<? super TaskRun<?>> visitor) {
    walk(
        task -> {
          visitor.accept(task);
          return true;
        });
  }

  /** The same until the visitor says false, which it does when it has seen enough. */
  void walk(Predicate<? super TaskRun<?>> visitor) {
    for (Lane lane : lanes) {
      if (!lane.walk(visitor)) {
        return;
      }
    }
  }

  /** The same, but for those that wait for this very scope. */
  void forEachWaitedFor(Consumer<? super TaskRun<?>> visitor) {
    forEach(
        task -> {
          if (!task.exempt) {
            visitor.accept(task);
          }
        });
  }

  /** How many tasks have come in since the scope was made. */
  long started() {
    long started = 0;
    for (Lane lane : lanes) {
      started += lane.started();
    }
    return started;
  }

  /** The counts of one moment; {@code started = finished.total() + live} holds exactly. */
  record Counts(long live, long waitedFor, long started, OutcomeCounts finished) {}

  Counts counts() {
    OutcomeCounts ended = OutcomeCounts.of(kind -> finished.sum(Count.of(kind)));
    long started = started();
    long live = started - ended.total();
    return new Counts(live, Math.max(0, live - exempt()), started, ended);
  }

  /** The task that is longest in the scope; null when there is none. */
  @Nullable TaskRun<?> oldest() {
    TaskRun<?> oldest = null;
    for (Lane lane : lanes) {
      TaskRun<?> candidate = lane.oldest();
      if (candidate != null && (oldest == null || candidate.id() < oldest.id())) {
        oldest = candidate;
      }
    }
    return oldest;
  }
}
