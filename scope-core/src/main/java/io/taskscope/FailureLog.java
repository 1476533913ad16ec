// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Logs the failures of one tree that no handler took. When very many tasks fail at once, the first
 * ones say what is wrong and the rest would only fill the disk: they are counted, and the count is
 * logged.
 */
final class FailureLog {
  /** How many are logged one by one, with their stacks, within each {@link #WINDOW}. */
  static final int IN_FULL = 100;

  static final Duration WINDOW = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger("io.taskscope");

  private final long windowNanos;
  private long windowEnds; // guarded by this
  private int inWindow; // guarded by this
  private long leftOut; // guarded by this

  FailureLog(Duration window) {
    this.windowNanos = window.toNanos();
  }

  /**
   * @param what happened to the task, such as "failed"
   */
  void log(Task<?> task, String what, Throwable error) {
    if (admits(task)) {
      write(task + " " + what, error);
    }
  }

  /** Logs what is wrong, and lets nothing out. */
  static void write(String message, @Nullable Throwable error) {
    try {
      LOG.log(System.Logger.Level.ERROR, message, error);
    } catch (Throwable loggingFailed) {
      // There is nowhere left to tell it, and it must not reach the caller's thread.
    }
  }

  private synchronized boolean admits(Task<?> task) {
    long now = System.nanoTime();
    if (inWindow == 0 || now - windowEnds >= 0) {
      windowEnds = now + windowNanos;
      inWindow = 0;
    }
    if (inWindow < IN_FULL) {
      inWindow++;
      return true;
    }
    if (++leftOut == 1) {
      String last = task.toString(); // not the task itself, which would stay in memory
      Background.TIMER.schedule(
          () -> Background.callOut(() -> sumUp(last)), windowEnds - now, TimeUnit.NANOSECONDS);
    }
    return false;
  }

  private void sumUp(String example) {
    long count;
    synchronized (this) {
      count = leftOut;
      leftOut = 0;
    }
    write(
        count + " more tasks failed and are not logged one by one, the first of them " + example,
        null);
  }
}
