// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One wake-up call that can be moved. Used by one thread; the call comes on another. */
final class Alarm {
  private final Runnable action;
  private @Nullable Future<?> set;
  private long setFor;

  Alarm(Runnable action) {
    this.action = action;
  }

  /** Calls at this {@link System#nanoTime}, and not at the time it was set to before. */
  void at(long nanoTime) {
    if (set != null && !set.isDone() && setFor == nanoTime) {
      return;
    }
    stop();
    setFor = nanoTime;
    set = Background.after(Math.max(0, nanoTime - System.nanoTime()), action);
  }

  void stop() {
    if (set != null) {
      set.cancel(false);
      set = null;
    }
  }
}
