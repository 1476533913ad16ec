// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.StepStatistics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of all tasks of one path went. The share of finished tasks is kept here, that of
 * live ones is asked of them when someone reads. What is read never goes back.
 */
@SuppressWarnings("EnumOrdinal") // arrays by reason: nothing may be allocated in a switch
final class StepTotals {
  private static final ParkReason[] REASONS = ParkReason.values();
  private static final long WINDOW_NANOS = 60_000_000_000L;
  private static final int CELLS = 8; // tasks that end at the same time rarely meet in one

  /** A sum; one that tasks end into is guarded by itself. */
  static final class Sum {
    private long queued;
    private long running;
    private final long[] parked = new long[REASONS.length];
    private final long[] parks = new long[REASONS.length];
    private long steps;
    private long slow;
    private long neverYielded;
    private final Map<TaskState, Long> live = new EnumMap<>(TaskState.class);

    Sum() {
      for (TaskState state : TaskState.values()) {
        if (state != TaskState.FINISHED) {
          live.put(state, 0L);
        }
      }
    }

    private void add(long startDelay, Steps task) {
      queued += startDelay + task.queuedNanos();
      running += task.runningNanos();
      for (int i = 0; i < REASONS.length; i++) {
        parked[i] += task.parkedNanos(REASONS[i]);
        parks[i] += task.parks(REASONS[i]);
      }
      steps += task.steps();
      slow += task.slowSteps();
      neverYielded += task.neverYields() ? 1 : 0;
    }

    private void add(Sum other) {
      queued += other.queued;
      running += other.running;
      for (int i = 0; i < REASONS.length; i++) {
        parked[i] += other.parked[i];
        parks[i] += other.parks[i];
      }
      steps += other.steps;
      slow += other.slow;
      neverYielded += other.neverYielded;
      other.live.forEach((state, count) -> live.merge(state, count, Long::sum));
    }

    /** Adds a task that has not left yet; says what it has added, null for nothing. */
    @Nullable Steps addLive(TaskRun<?> task) {
      Steps of = task.steps;
      TaskState state = task.taskState();
      if (of == null || state == TaskState.FINISHED) {
        return null;
      }
      long now = System.nanoTime();
      Steps settled = of.settled(now);
      add(task.startDelayNanos(now), settled);
      live.merge(state, 1L, Long::sum);
      return settled;
    }

    private void raiseTo(Sum before) {
      queued = Math.max(queued, before.queued);
      running = Math.max(running, before.running);
      for (int i = 0; i < REASONS.length; i++) {
        parked[i] = Math.max(parked[i], before.parked[i]);
        parks[i] = Math.max(parks[i], before.parks[i]);
      }
      steps = Math.max(steps, before.steps);
      slow = Math.max(slow, before.slow);
      neverYielded = Math.max(neverYielded, before.neverYielded);
    }

    private RecentSteps since(Sum before, long nanos) {
      long allParked = 0;
      for (int i = 0; i < REASONS.length; i++) {
        allParked += parked[i] - before.parked[i];
      }
      int pinned = ParkReason.PINNED.ordinal();
      int yield = ParkReason.YIELD.ordinal();
      return new RecentSteps(
          nanos,
          queued - before.queued,
          running - before.running,
          allParked,
          parked[pinned] - before.parked[pinned],
          parks[pinned] - before.parks[pinned],
          parks[yield] - before.parks[yield],
          steps - before.steps,
          slow - before.slow,
          neverYielded - before.neverYielded);
    }

    private StepStatistics statistics() {
      Map<ParkReason, Duration> parkedBy = new EnumMap<>(ParkReason.class);
      Map<ParkReason, Long> parksBy = new EnumMap<>(ParkReason.class);
      long allParked = 0;
      for (ParkReason reason : REASONS) {
        parkedBy.put(reason, Duration.ofNanos(parked[reason.ordinal()]));
        parksBy.put(reason, parks[reason.ordinal()]);
        allParked += parked[reason.ordinal()];
      }
      return new StepStatistics(
          Duration.ofNanos(queued),
          Duration.ofNanos(running),
          Duration.ofNanos(allParked),
          parkedBy,
          parksBy,
          steps,
          slow,
          live);
    }
  }

  private final AtomicReferenceArray<Sum> finished = new AtomicReferenceArray<>(CELLS);

  // Guarded by this:
  private Sum lastRead = new Sum();
  private Sum windowBegins = new Sum();
  private long windowBegan = System.nanoTime();
  private @Nullable Sum nextWindow; // null until someone looks
  private long nextWindowBegan = windowBegan;

  /** A task has left. */
  void add(TaskRun<?> task, Steps settled, long until) {
    int at = (int) task.id() & (CELLS - 1);
    Sum cell = finished.get(at);
    if (cell == null) {
      finished.compareAndSet(at, null, new Sum());
      cell = finished.get(at);
    }
    synchronized (cell) {
      cell.add(task.startDelayNanos(until), settled);
    }
  }

  /**
   * What finished tasks have spent. To be read before the live ones: then a task that ends in
   * between is missed for once, and not counted twice.
   */
  Sum finished() {
    Sum sum = new Sum();
    for (int i = 0; i < CELLS; i++) {
      Sum cell = finished.get(i);
      if (cell != null) {
        synchronized (cell) {
          sum.add(cell);
        }
      }
    }
    return sum;
  }

  /** Finished and live together, and never less than was read before. */
  synchronized StepStatistics statistics(Sum finishedBefore, Sum live) {
    return read(finishedBefore, live).statistics();
  }

  private Sum read(Sum finishedBefore, Sum live) {
    Sum sum = new Sum();
    sum.add(finishedBefore);
    sum.add(live);
    sum.raiseTo(lastRead);
    lastRead = sum;
    return sum;
  }

  /**
   * What was spent lately: since the last look but one that is a minute ago, or since there is such
   * a path if nobody looks so often. Costs nothing while nobody looks.
   */
  synchronized RecentSteps recent(Sum finishedBefore, Sum live, long now) {
    Sum sum = read(finishedBefore, live);
    if (now - nextWindowBegan >= WINDOW_NANOS) {
      if (nextWindow != null) {
        windowBegins = nextWindow;
        windowBegan = nextWindowBegan;
      }
      nextWindow = sum;
      nextWindowBegan = now;
    }
    return sum.since(windowBegins, now - windowBegan);
  }
}
