// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Calls hooks for one shutdown, in order and one at a time, on a thread that may be held up without
 * holding up the shutdown.
 */
final class Telling {
  private final Runnable whenIdle;
  private final Deque<Runnable> calls = new ArrayDeque<>(); // guarded by this
  private boolean running; // guarded by this

  Telling(Runnable whenIdle) {
    this.whenIdle = whenIdle;
  }

  synchronized void tell(Runnable call) {
    calls.add(call);
    if (!running) {
      try {
        Background.tell(this::run);
      } catch (Throwable noThread) {
        calls.removeLast(); // whoever tells it tries again
        throw noThread;
      }
      running = true;
    }
  }

  private void run() {
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run(); // hooks are called through HookSet, which lets nothing out
      } catch (Throwable ours) {
        FailureLog.write("a hook was not told", ours);
      }
    }
    whenIdle.run();
  }

  private synchronized @org.jspecify.annotations.Nullable Runnable next() {
    Runnable next = calls.poll();
    running = next != null;
    return next;
  }

  synchronized boolean isIdle() {
    return !running;
  }
}
