// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import org.jline.terminal.Size;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jspecify.annotations.Nullable;

/** What standard output is: a terminal with a width and colours, or something else. */
final class Screen {
  /** Off a terminal nobody folds lines, so tables may be as wide as they need. */
  private static final int PLAIN_WIDTH = 120;

  private static final int UNKNOWN_WIDTH = 80;
  private static final int MIN_WIDTH = 40;

  private static final @Nullable Size OF_PROCESS = Tty.size(SystemOutput.SysOut);

  private Screen() {}

  static boolean colors() {
    String no = System.getenv("NO_COLOR");
    return OF_PROCESS != null && (no == null || no.isEmpty());
  }

  /** In characters. */
  static int width() {
    if (OF_PROCESS == null) {
      return PLAIN_WIDTH;
    }
    int width = OF_PROCESS.getColumns();
    return width > 0 ? Math.max(MIN_WIDTH, width) : UNKNOWN_WIDTH;
  }
}
