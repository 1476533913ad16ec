// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.recording.RecordingException;
import io.taskscope.console.report.CollapsedStacks;
import io.taskscope.console.report.HtmlReport;
import io.taskscope.console.report.JsonReport;
import io.taskscope.console.report.StackKind;
import io.taskscope.console.report.TextReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code taskscope report}. */
@Command(
    name = "report",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Explains a recording: findings first, then the tree of scopes with where their time went,"
          + " slow tasks, long waits, shutdowns, and what the recording does not know.",
      "Text unless --json or --collapsed is given."
    },
    footer = {
      "",
      "Examples:",
      "  taskscope report app.jfr",
      "  taskscope report app.jfr --html app.html",
      "  taskscope report app.jfr --collapsed=cpu | flamegraph.pl > cpu.svg",
      "",
      ExitCode.HELP
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RECORDING", description = "The recording, a .jfr file.")
  private @Nullable Path recording;

  @Option(names = "--json", description = "Print JSON, schema taskscope.report version 1.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write a page, complete in itself, to this file.")
  private @Nullable Path html;

  @Option(
      names = "--collapsed",
      arity = "0..1",
      paramLabel = "KIND",
      fallbackValue = "cpu",
      converter = StackKind.Converter.class,
      description =
          "Print stacks for flame graph tools, each rooted in the path of its scope: cpu (the"
              + " default), allocation or parked.")
  private @Nullable StackKind collapsed;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandLine line = Objects.requireNonNull(spec, "spec").commandLine();
    if (json && collapsed != null) {
      throw new CommandLine.ParameterException(
          line, "--json and --collapsed both write to standard output; choose one");
    }
    Path file = Objects.requireNonNull(recording, "recording");
    RecordingReport report = RecordingSource.report(file, line.getErr());
    if (html != null) {
      writeHtml(report, html);
    }
    PrintWriter out = line.getOut();
    if (json) {
      JsonReport.write(report, out);
    } else if (collapsed != null) {
      CollapsedStacks.write(report, collapsed, out);
    } else if (html != null) {
      out.println("wrote " + html);
    } else if (report.ourEvents() > 0) {
      new TextReport(report, Screen.width(), Screen.colors()).write(out);
    }
    out.flush();
    return RecordingSource.verdict(
        file,
        report.coverage(),
        report.ourEvents(),
        report.environment().jvm(),
        "taskscope report",
        line.getErr());
  }

  private static void writeHtml(RecordingReport report, Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      HtmlReport.write(report, writer);
    } catch (IOException e) {
      throw new RecordingException(
          "cannot write the page to " + file + ": " + e.getClass().getSimpleName());
    }
  }
}
