// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import java.io.Console;
import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** What standard output is: a terminal with a width and colours, or something else. */
final class Screen {
  /** Off a terminal nobody folds lines, so tables may be as wide as they need. */
  private static final int PLAIN_WIDTH = 120;

  private static final int MIN_WIDTH = 40;

  private static final Screen OF_PROCESS = look();

  private final boolean terminal;
  private final int width;

  private Screen(boolean terminal, int width) {
    this.terminal = terminal;
    this.width = width;
  }

  /** Whether people look at standard output. */
  static boolean isTerminal() {
    return OF_PROCESS.terminal;
  }

  static boolean colors() {
    String no = System.getenv("NO_COLOR");
    return OF_PROCESS.terminal && (no == null || no.isEmpty());
  }

  static int width() {
    return OF_PROCESS.width;
  }

  private static Screen look() {
    // Asking costs a tenth of a second; the JDK knows at once where there is no terminal at all.
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      return new Screen(false, PLAIN_WIDTH);
    }
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      int width = terminal.getSize().getColumns();
      boolean real = !Terminal.TYPE_DUMB.equals(terminal.getType());
      return new Screen(real, width > 0 ? Math.max(MIN_WIDTH, width) : 80);
    } catch (IOException | RuntimeException | LinkageError e) {
      return new Screen(true, 80);
    }
  }
}
