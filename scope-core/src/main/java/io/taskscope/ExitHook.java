// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** Shuts a tree down when the JVM is told to end, by SIGTERM, Ctrl-C or {@code System.exit}. */
final class ExitHook {
  private static final System.Logger LOG = System.getLogger("io.taskscope");

  private ExitHook() {}

  static AutoCloseable register(
      TaskScope root, Duration deadline, Consumer<? super ShutdownReport> reader) {
    Objects.requireNonNull(root, "root");
    Objects.requireNonNull(reader, "reader");
    Checks.timeout("deadline", deadline);
    Thread hook =
        Thread.ofPlatform()
            .inheritInheritableThreadLocals(false)
            .name("taskscope-exit")
            .unstarted(() -> reader.accept(root.shutdown(deadline)));
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> remove(hook);
  }

  static void log(ShutdownReport report) {
    System.Logger.Level level =
        report.result() == ShutdownReport.Result.CLEAN
            ? System.Logger.Level.INFO
            : System.Logger.Level.WARNING;
    LOG.log(level, report.toString());
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException exiting) {
      // The JVM is ending already, and the hook does its work.
    }
  }
}
