// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.jspecify.annotations.Nullable;

/** One wake-up call that can be moved. Used by one thread; the call comes on another. */
final class Alarm {
  private final TaskClock clock;
  private final Runnable action;
  private TaskClock.@Nullable Scheduled set;

  Alarm(TaskClock clock, Runnable action) {
    this.clock = clock;
    this.action = action;
  }

  /** Calls at this time of the clock, and not at the time it was set to before. */
  void at(long nanoTime) {
    stop();
    set = clock.scheduleAt(nanoTime, action);
  }

  void stop() {
    if (set != null) {
      set.cancel();
      set = null;
    }
  }
}
