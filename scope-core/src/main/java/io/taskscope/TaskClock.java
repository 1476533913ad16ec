// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The time that timers, deadlines and the time limits of a shutdown go by. Given to a tree with
 * {@link ScopeOptions#clock}; the default is {@link #system()}. A test gives one that stands still
 * until it is moved, and needs no sleeping. How long tasks take is always measured by {@link
 * System#nanoTime}.
 *
 * <p>Implementations are thread-safe.
 */
public interface TaskClock {

  /** The clock on the wall, so to speak: {@link System#nanoTime} and a daemon thread. */
  static TaskClock system() {
    return SystemClock.INSTANCE;
  }

  /**
   * A point in time in nanoseconds; only differences have a meaning, as with {@link
   * System#nanoTime}.
   */
  long nanoTime();

  /**
   * Runs an action once it is this time or later. A point in time and not a delay, because a clock
   * may move between reading it and this call.
   *
   * @param atNanoTime by {@link #nanoTime}; now or earlier means as soon as possible, but not
   *     within this call
   * @param action short, never blocks, and throws nothing
   * @return cancelling it keeps the action from running, if it has not begun
   */
  Scheduled scheduleAt(long atNanoTime, Runnable action);

  /** An action that waits for its time. */
  @FunctionalInterface
  interface Scheduled {
    /** Does nothing if the action has begun, or was cancelled before. */
    void cancel();
  }

  /** See {@link TaskClock#system()}. */
  enum SystemClock implements TaskClock {
    /** There is only one. */
    INSTANCE;

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public Scheduled scheduleAt(long atNanoTime, Runnable action) {
      Future<?> future =
          Background.TIMER.schedule(action, atNanoTime - nanoTime(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    }
  }
}
