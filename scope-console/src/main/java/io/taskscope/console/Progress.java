// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import io.taskscope.console.recording.RecordingReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jspecify.annotations.Nullable;

/**
 * Says on standard error how far the reading of a long file is: only after a while, and only where
 * that is a terminal. A thread of its own, which ends on {@link #close}.
 */
final class Progress implements AutoCloseable {
  private static final long FIRST_MILLIS = 1_000;
  private static final long EVERY_MILLIS = 200;
  private static final int BAR = 30;

  private final PrintWriter err;
  private final Thread thread;
  private volatile @Nullable RecordingReader reader;
  private volatile String name = "";

  Progress(PrintWriter err) {
    this.err = err;
    thread = Thread.ofPlatform().daemon().name("taskscope-progress").unstarted(this::show);
    thread.start();
  }

  void reading(RecordingReader opened, String file) {
    name = file;
    reader = opened;
  }

  private void show() {
    try {
      Thread.sleep(FIRST_MILLIS);
      if (Tty.size(SystemOutput.SysErr) == null) {
        return;
      }
      try {
        while (true) {
          draw();
          Thread.sleep(EVERY_MILLIS);
        }
      } finally {
        err.print("\r\033[K");
        err.flush();
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void draw() {
    RecordingReader current = reader;
    if (current == null) {
      return;
    }
    try {
      double share = Math.min(1, (double) current.position() / Math.max(1, current.size()));
      int full = (int) (share * BAR);
      err.print(
          String.format(
              Locale.ROOT,
              "\r\033[K%s [%s%s] %3.0f %%",
              name,
              "=".repeat(full),
              " ".repeat(BAR - full),
              100 * share));
      err.flush();
    } catch (IOException e) {
      // It is being closed; the reading itself says what is wrong.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
