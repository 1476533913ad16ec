// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadline of one shutdown, and those who wait for its end, but not longer than that. This is
 * what holds the deadline when there is more to do than there is time: it does not rely on the
 * engine's thread.
 */
final class ShutdownLimit {
  /** When, after the deadline, callers are not kept waiting any longer, whatever is left to do. */
  private static final long CUT_OFF = TimeUnit.MILLISECONDS.toNanos(42);

  /**
   * What the engine's thread has, by the real clock, to do what is due by a clock that is set by
   * hand: such a clock may pass the deadline and the cut-off in one step.
   */
  private static final long REAL_TIME = TimeUnit.SECONDS.toNanos(5);

  /** How far what is left to do is counted: that takes time, too. */
  private static final int MAX_COUNTED = 10_000;

  /** How many tasks that are still live are named. */
  private static final int MAX_NAMED = 1_000;

  private final ScopeNode scope;
  private final TaskClock clock;
  private final long requestedAt;
  private volatile long at; // guarded for writing by this
  private volatile @Nullable Duration asked; // guarded for writing by this
  private boolean over; // guarded by this

  /**
   * @param requestedAt by the clock of the scope
   */
  ShutdownLimit(ScopeNode scope, long requestedAt) {
    this.scope = scope;
    this.clock = scope.clock();
    this.requestedAt = requestedAt;
    this.at = requestedAt + Checks.FOREVER;
  }

  /** The deadline, by the clock of the scope. */
  long at() {
    return at;
  }

  /** What was asked for; null if nothing was. */
  @Nullable Duration asked() {
    return asked;
  }

  synchronized void tighten(long newAt, @Nullable Duration newAsked) {
    if (newAt - at < 0) {
      at = newAt;
      asked = newAsked;
      notifyAll(); // who waits, waits no longer than that
    }
  }

  /** All is done. */
  synchronized void over() {
    over = true;
    notifyAll();
  }

  /** Waits until all is done; false if the deadline has passed and it is not. */
  synchronized boolean awaitOver() throws InterruptedException {
    TaskClock.@Nullable Scheduled alarm = null;
    long alarmAt = 0;
    try {
      while (!over) {
        long until = at + CUT_OFF;
        long left = until - clock.nanoTime();
        if (left <= 0) {
          return clock != TaskClock.system() && awaitEngine();
        }
        if (clock == TaskClock.system()) {
          TimeUnit.NANOSECONDS.timedWait(this, left); // relies on no other thread
        } else {
          if (alarm == null || alarmAt != until) {
            alarm = clock.scheduleAt(until, this::lookAgain);
            alarmAt = until;
          }
          wait();
        }
      }
      return true;
    } finally {
      if (alarm != null) {
        alarm.cancel();
      }
    }
  }

  private boolean awaitEngine() throws InterruptedException { // holds the monitor
    long until = System.nanoTime() + REAL_TIME;
    for (long left = REAL_TIME; !over && left > 0; left = until - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return over;
  }

  private synchronized void lookAgain() {
    notifyAll();
  }

  /** False when there are enough. */
  private static boolean addIfLive(TaskRun<?> task, List<ShutdownReport.AbandonedTask> live) {
    if (!task.exempt && !task.hasLeft()) {
      live.add(Abandonment.describe(task));
    }
    return live.size() < MAX_NAMED;
  }

  /** The report for those who waited in vain. */
  ShutdownReport cutOff() {
    Deque<ScopeNode> todo = new ArrayDeque<>();
    todo.push(scope);
    List<ShutdownReport.AbandonedTask> live = new ArrayList<>();
    long unfinished = 0;
    while (!todo.isEmpty() && unfinished < MAX_COUNTED) {
      ScopeNode next = todo.pop();
      next.children.forEach(todo::push);
      if (live.size() < MAX_NAMED) {
        next.registry().walk(task -> addIfLive(task, live));
      }
      unfinished++;
    }
    Duration took = Duration.ofNanos(clock.nanoTime() - requestedAt);
    return ShutdownRecord.cutOff(scope, took, asked, unfinished, live);
  }
}
