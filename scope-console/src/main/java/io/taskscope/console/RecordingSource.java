// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.recording.Coverage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/** Reads a recording for a command, with progress, and says what is wrong with it. */
final class RecordingSource {
  private RecordingSource() {}

  static RecordingReport report(Path file, PrintWriter err) throws IOException {
    try (Progress progress = new Progress(err)) {
      return RecordingReport.read(
          file, reader -> progress.reading(reader, String.valueOf(file.getFileName())));
    }
  }

  /** The exit code that the file deserves; says on {@code err} why it is not 0. */
  static int verdict(
      Path file, Coverage coverage, long ourEvents, String jvm, String command, PrintWriter err) {
    if (!coverage.complete()) {
      err.println(
          "%s: %s was read in part: %s"
              .formatted(command, file, String.join("; ", coverage.problems())));
      err.flush();
    }
    if (ourEvents == 0) {
      err.println(
          "%s: %s holds no Taskscope events among its %s events%s; record with JfrEvents.install() in the application and taskscope.* events enabled"
              .formatted(
                  command,
                  file,
                  coverage.eventCount(),
                  jvm.isEmpty() ? mostFrequent(coverage.events()) : " of " + jvm));
      err.flush();
      return ExitCode.NOT_OURS;
    }
    return coverage.complete() ? ExitCode.OK : ExitCode.IN_PART;
  }

  private static String mostFrequent(Map<String, Long> events) {
    return events.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(most -> " (most of them " + most.getKey() + ")")
        .orElse("");
  }
}
