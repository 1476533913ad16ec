// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A timer at a fixed rate: ticks are due at whole periods from its start, however long they take.
 */
final class ScopeTimer implements Timer {
  /** Ticks that are due and not started; only a hook that hangs brings it there. */
  private static final int MAX_WAITING = 1_000;

  private final ScopeNode scope;
  private final String name;
  private final long periodNanos; // 0 for a timer with one tick
  private final OverlapPolicy overlap;
  private final TaskAction<?> body;
  private final Telling starter = new Telling(() -> {});

  // All guarded by this.
  private TaskClock.@Nullable Scheduled next;
  private long dueAt;
  private boolean active = true;
  private long ticks;
  private long skipped;
  private int waitingTicks;
  private @Nullable TaskRun<?> last;

  ScopeTimer(
      ScopeNode scope,
      String name,
      long firstNanos,
      long periodNanos,
      OverlapPolicy overlap,
      TaskAction<?> body) {
    this.scope = scope;
    this.name = name;
    this.periodNanos = periodNanos;
    this.overlap = Objects.requireNonNull(overlap, "overlap");
    this.body = Objects.requireNonNull(body, "body");
    this.dueAt = scope.clock().nanoTime() + firstNanos;
  }

  synchronized void start() {
    if (active) {
      next = scope.clock().scheduleAt(dueAt, this::due);
    }
  }

  /** On the clock's thread: the next tick is set before this one starts, so that none drifts. */
  private synchronized void due() {
    if (!active) {
      return;
    }
    if (waitingTicks == MAX_WAITING) {
      skipped++; // something holds up the starting of tasks; a hook, most likely
    } else {
      waitingTicks++;
      starter.tell(this::tick);
    }
    if (periodNanos > 0) {
      long now = scope.clock().nanoTime();
      dueAt += periodNanos;
      if (dueAt - now < 0) { // the machine slept, or all was slow: no burst of late ticks
        long missed = (now - dueAt) / periodNanos;
        skipped += missed;
        dueAt += missed * periodNanos;
      }
      start();
    }
  }

  /**
   * On a thread that may call out, because starting a task calls hooks; one at a time, in order.
   */
  private void tick() {
    TaskRun<?> previous;
    synchronized (this) {
      waitingTicks--;
      if (!active) {
        return;
      }
      previous = last != null && !last.isDone() ? last : null;
      if (previous != null && overlap == OverlapPolicy.SKIP) {
        skipped++;
        return;
      }
    }
    if (previous != null && overlap == OverlapPolicy.CANCEL_PREVIOUS) {
      previous.cancel("the next tick of timer \"" + name + "\" is due");
    }
    startTick();
    if (periodNanos == 0) {
      cancel();
    }
  }

  private void startTick() {
    try {
      TaskRun<?> tick = scope.prepare(name, TaskOrigin.TICK, body);
      scope.start(tick);
      synchronized (this) {
        last = tick;
        ticks++;
      }
    } catch (ScopeClosedException closed) {
      cancel();
    } catch (OutOfMemoryError noThread) { // it counts as a failed task; the next may do better
      synchronized (this) {
        skipped++;
      }
    }
  }

  @Override
  public void cancel() {
    synchronized (this) {
      active = false;
      if (next != null) {
        next.cancel();
      }
    }
    scope.timers.remove(this);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TaskScope scope() {
    return scope;
  }

  @Override
  public synchronized boolean isActive() {
    return active;
  }

  @Override
  public synchronized long ticks() {
    return ticks;
  }

  @Override
  public synchronized long skipped() {
    return skipped;
  }

  @Override
  public synchronized Optional<Task<?>> lastTick() {
    return Optional.ofNullable(last);
  }

  @Override
  public String toString() {
    return "timer \"" + name + "\" of " + scope.path();
  }
}
