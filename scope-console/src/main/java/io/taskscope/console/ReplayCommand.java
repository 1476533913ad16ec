// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import io.taskscope.console.recording.Coverage;
import io.taskscope.console.recording.EventKind;
import io.taskscope.console.replay.PointInTime;
import io.taskscope.console.replay.RecordingTreeSource;
import io.taskscope.console.replay.TreeAt;
import io.taskscope.console.replay.TreeWriter;
import io.taskscope.console.report.Style;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code taskscope replay}. */
@Command(
    name = "replay",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Shows the tree of scopes and tasks at a moment of a recording: which tasks lived, how old"
            + " they were, and what they waited for.",
    footer = {
      "",
      "Examples:",
      "  taskscope replay app.jfr --at 12.5s",
      "  taskscope replay app.jfr --at -1s --json",
      "",
      ExitCode.HELP
    })
final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RECORDING", description = "The recording, a .jfr file.")
  private @Nullable Path recording;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      defaultValue = "end",
      description =
          "The moment: 12.5s after the start, -3s before the end, 50%% of it, an instant such as"
              + " 2026-01-31T12:00:00Z, or end. Default: end")
  private String at = "end";

  @Option(names = "--json", description = "Print JSON, schema taskscope.tree version 1.")
  private boolean json;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandLine line = Objects.requireNonNull(spec, "spec").commandLine();
    Path file = Objects.requireNonNull(recording, "recording");
    RecordingTreeSource source;
    TreeAt tree;
    try (Progress progress = new Progress(line.getErr())) {
      source =
          new RecordingTreeSource(
              file, reader -> progress.reading(reader, String.valueOf(file.getFileName())));
      tree = source.at(moment(source, line));
    }
    write(tree, source, line.getOut());
    return verdict(file, Objects.requireNonNull(source.coverage()), line);
  }

  private long moment(RecordingTreeSource source, CommandLine line) {
    try {
      return PointInTime.parse(at, source);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, "--at: " + e.getMessage(), e);
    }
  }

  private void write(TreeAt tree, RecordingTreeSource source, PrintWriter out) throws IOException {
    TreeWriter writer = new TreeWriter(tree, source);
    if (json) {
      writer.writeJson(out);
    } else {
      writer.writeText(out, Screen.width(), new Style(Screen.colors()));
    }
    out.flush();
  }

  private static int verdict(Path file, Coverage coverage, CommandLine line) {
    long ours = 0;
    for (EventKind kind : EventKind.values()) {
      if (kind.isOurs()) {
        ours += coverage.events().getOrDefault(kind.eventName(), 0L);
      }
    }
    return RecordingSource.verdict(file, coverage, ours, "", "taskscope replay", line.getErr());
  }
}
