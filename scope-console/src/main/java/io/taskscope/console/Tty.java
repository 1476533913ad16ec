// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jspecify.annotations.Nullable;

/** Whether people look at a stream of this process. */
final class Tty {
  private Tty() {}

  /**
   * The size of the terminal that the stream is; null if it is none. Takes a fifth of a second of
   * processor time, except where the system tells at once that it is none.
   */
  static @Nullable Size size(SystemOutput stream) {
    if (isKnownNotToBe(stream == SystemOutput.SysErr ? 2 : 1)) {
      return null;
    }
    try (Terminal terminal =
        TerminalBuilder.builder().system(true).systemOutput(stream).dumb(true).build()) {
      boolean real = !terminal.getType().startsWith(Terminal.TYPE_DUMB);
      return real ? terminal.getSize() : null;
    } catch (IOException | RuntimeException | LinkageError e) {
      return null;
    }
  }

  private static boolean isKnownNotToBe(int stream) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + stream)).toString();
      return !target.startsWith("/dev/pts/")
          && !target.startsWith("/dev/tty")
          && !target.equals("/dev/console");
    } catch (IOException | RuntimeException e) {
      return false; // another system
    }
  }
}
