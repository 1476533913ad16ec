// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.diff.RecordingDiff;
import io.taskscope.console.report.Style;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code taskscope diff}. */
@Command(
    name = "diff",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Compares two recordings: which scopes got slower, and whether their tasks run, queue or"
            + " park longer. All times are means per task.",
    footer = {"", "Example:", "  taskscope diff before.jfr after.jfr", "", ExitCode.HELP})
final class DiffCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "BEFORE", description = "The first recording.")
  private @Nullable Path before;

  @Parameters(index = "1", paramLabel = "AFTER", description = "The second recording.")
  private @Nullable Path after;

  @Option(names = "--json", description = "Print JSON, schema taskscope.diff version 1.")
  private boolean json;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandLine line = Objects.requireNonNull(spec, "spec").commandLine();
    RecordingReport first =
        RecordingSource.report(Objects.requireNonNull(before, "before"), line.getErr());
    RecordingReport second =
        RecordingSource.report(Objects.requireNonNull(after, "after"), line.getErr());
    RecordingDiff diff = RecordingDiff.of(first, second);
    if (json) {
      diff.writeJson(line.getOut());
    } else {
      diff.writeText(line.getOut(), Screen.width(), new Style(Screen.colors()));
    }
    line.getOut().flush();
    return Math.max(verdict(first, line), verdict(second, line));
  }

  private static int verdict(RecordingReport report, CommandLine line) {
    return RecordingSource.verdict(
        report.file(),
        report.coverage(),
        report.ourEvents(),
        report.environment().jvm(),
        "taskscope diff",
        line.getErr());
  }
}
