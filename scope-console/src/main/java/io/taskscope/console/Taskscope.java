// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import io.taskscope.console.recording.RecordingException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code taskscope} command line. */
@Command(
    name = "taskscope",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Answers questions about recordings of services that use Taskscope.",
    subcommands = {
      ReportCommand.class,
      DiffCommand.class,
      ReplayCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {"", ExitCode.HELP, "Colours: on a terminal only, and never with NO_COLOR set."})
public final class Taskscope implements Runnable {
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  /** Made by {@link #main} and by picocli. */
  public Taskscope() {}

  /**
   * Runs a command and ends the JVM.
   *
   * @param args as {@code --help} says
   */
  public static void main(String[] args) {
    PrintWriter out = writer(System.out);
    PrintWriter err = writer(System.err);
    int code = commandLine(out, err).execute(args);
    out.flush();
    err.flush();
    System.exit(code);
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), false);
  }

  /** The command line with its outputs; made anew for each run. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line =
        new CommandLine(new Taskscope())
            .setOut(out)
            .setErr(err)
            .setUsageHelpWidth(Screen.width())
            .setColorScheme(
                CommandLine.Help.defaultColorScheme(
                    Screen.colors() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
            .setParameterExceptionHandler(Taskscope::wrongOption)
            .setExecutionExceptionHandler(Taskscope::failed);
    line.setExitCodeExceptionMapper(error -> ExitCode.DEFECT);
    return line;
  }

  @Override
  public void run() {
    CommandLine line = Objects.requireNonNull(spec, "spec").commandLine();
    throw new CommandLine.ParameterException(line, "a command is missing: report, diff or replay");
  }

  private static int wrongOption(CommandLine.ParameterException wrong, String[] args) {
    CommandLine line = wrong.getCommandLine();
    line.getErr()
        .println(
            line.getCommandSpec().qualifiedName()
                + ": "
                + oneLine(wrong)
                + " (see "
                + line.getCommandSpec().qualifiedName()
                + " --help)");
    line.getErr().flush();
    return ExitCode.USAGE;
  }

  private static int failed(Exception error, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    String command = line.getCommandSpec().qualifiedName();
    Throwable cause = error instanceof UncheckedIOException io ? io.getCause() : error;
    line.getOut().flush();
    if (cause instanceof RecordingException) {
      line.getErr().println(command + ": " + oneLine(cause));
      line.getErr().flush();
      return ExitCode.UNREADABLE;
    }
    if (cause instanceof IOException) {
      line.getErr().println(command + ": reading or writing failed: " + cause);
      line.getErr().flush();
      return ExitCode.UNREADABLE;
    }
    line.getErr()
        .println(
            command
                + ": this is a defect of taskscope, please report it: "
                + error
                + " at "
                + (error.getStackTrace().length == 0 ? "?" : error.getStackTrace()[0]));
    line.getErr().flush();
    return ExitCode.DEFECT;
  }

  private static String oneLine(Throwable error) {
    return String.valueOf(error.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
  }
}
