// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line of the demo. */
@Command(
    name = "taskscope demo",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Runs a web server whose every task belongs to a scope, sends it requests, and records"
          + " what happens: in a Flight Recorder file, in /metrics and in traces.",
      "Ctrl-C stops it in order and prints a report; a second Ctrl-C stops it at once."
    },
    footer = {
      "",
      "Durations are written 500ms, 30s, 2m, 1h. Traces are exported where the environment says so:"
          + " OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317, and for HTTP instead of gRPC"
          + " OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.",
      "Exit codes: 0 --duration is over, 1 cannot start, 2 wrong option, 130 Ctrl-C, 143 SIGTERM."
    })
public final class Demo implements Callable<Integer> {
  /** What exporters of Prometheus are usually found at. */
  private static final int METRICS_PORT = 9464;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      converter = WholeNumber.Port.class,
      description = "Port of the web server; 0 for any free one. Default: ${DEFAULT-VALUE}")
  private int port = 8080;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      converter = WholeNumber.Port.class,
      description =
          "Port of /metrics; 0 for any free one. Default: 9464, or any free one with --port 0")
  private @Nullable Integer metricsPort;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      converter = BindAddress.class,
      description =
          "Address that both listen on; 0.0.0.0 for all networks, as in a container. Default:"
              + " 127.0.0.1, this machine only")
  private InetAddress bind = InetAddress.getLoopbackAddress();

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationText.class,
      description = "Stop by itself after this time. Default: run until Ctrl-C")
  private @Nullable Duration duration;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = DurationText.class,
      description = "How long stopping in order may take at most. Default: 10s")
  private Duration deadline = Duration.ofSeconds(10);

  @Option(
      names = "--rate",
      paramLabel = "N",
      converter = WholeNumber.Rate.class,
      description =
          "Requests per second of the load generator; 0 for none. Default: ${DEFAULT-VALUE}")
  private int rate = 20;

  @Option(
      names = "--recording",
      paramLabel = "FILE",
      description =
          "Where to write the recording. Default: taskscope-demo-<pid>.jfr in the directory for"
              + " temporary files")
  private Path recording = FlightRecording.defaultFile();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and stop.")
  @SuppressWarnings("unused") // picocli asks the annotation
  private boolean help;

  @Spec private @Nullable CommandSpec spec;

  /**
   * Runs the demo and ends the JVM.
   *
   * @param args as {@code --help} says
   */
  public static void main(String[] args) {
    Logging.configure();
    System.exit(
        new CommandLine(new Demo())
            .setParameterExceptionHandler(Demo::wrongOption)
            .setExecutionExceptionHandler(Demo::failed)
            .execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    int metrics = Objects.requireNonNullElse(metricsPort, port == 0 ? 0 : METRICS_PORT);
    PrintWriter out = Objects.requireNonNull(spec, "spec").commandLine().getOut();
    return new DemoRun(
            new DemoRun.Settings(bind, port, metrics, duration, deadline, rate, recording), out)
        .run();
  }

  private static int wrongOption(CommandLine.ParameterException wrong, String[] args) {
    wrong
        .getCommandLine()
        .getErr()
        .println("taskscope demo: " + oneLine(wrong) + " (see ./taskscope demo --help)");
    return ExitCode.USAGE;
  }

  private static int failed(Exception error, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (error instanceof StartException) {
      command.getErr().println("taskscope demo: " + oneLine(error));
      return ExitCode.SOFTWARE;
    }
    throw error; // a defect: its stack trace is wanted
  }

  private static String oneLine(Exception error) {
    return String.valueOf(error.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
  }
}
