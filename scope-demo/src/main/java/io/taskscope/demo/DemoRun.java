// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import io.taskscope.view.AgentStatus;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run from start to end: starts the parts, shows what they do, stops them in order. */
final class DemoRun {
  private static final Duration STATUS_EVERY = Duration.ofSeconds(5);
  private static final Duration FLUSH_WITHIN = Duration.ofSeconds(3);

  private final Settings settings;
  private final PrintWriter out;

  /**
   * What the user chose.
   *
   * @param bind the address to listen on
   * @param port of the web server; 0 for any
   * @param metricsPort of the metrics; 0 for any
   * @param duration after which the run ends by itself; null if only a signal ends it
   * @param deadline for stopping
   * @param rate of the load generator; 0 for none
   * @param recording the file
   */
  record Settings(
      InetAddress bind,
      int port,
      int metricsPort,
      @Nullable Duration duration,
      Duration deadline,
      int rate,
      Path recording) {}

  DemoRun(Settings settings, PrintWriter out) {
    this.settings = settings;
    this.out = out;
  }

  /**
   * Runs until the time is over or a signal comes.
   *
   * @return the exit code
   * @throws StartException if a part does not start; those before it have then been stopped
   */
  int run() throws InterruptedException {
    Signals signals = Signals.install();
    Telemetry telemetry = Telemetry.start(settings.recording());
    WebTree web = startWeb(telemetry);
    telemetry.keepRecording();
    LoadGenerator load =
        LoadGenerator.start(web.serverAddress(), settings.rate(), telemetry.propagator());
    header(web, telemetry);
    Optional<Signals.Kind> signal = watch(signals);
    stop(signal, web, load, telemetry);
    return signal.map(Signals.Kind::exitCode).orElse(0);
  }

  private WebTree startWeb(Telemetry telemetry) {
    try {
      return WebTree.start(settings.bind(), settings.port(), settings.metricsPort(), telemetry);
    } catch (SQLException e) {
      telemetry.discard(FLUSH_WITHIN);
      throw new StartException("the database does not start: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      telemetry.discard(FLUSH_WITHIN);
      throw e;
    }
  }

  private void header(WebTree web, Telemetry telemetry) {
    out.println("Taskscope demo: two applications on one server, every request a task of a scope");
    out.println();
    out.println("server   " + web.serverAddress());
    out.println("metrics  " + web.metricsAddress());
    out.println("traces   " + telemetry.tracesGoTo());
    out.println("agent    " + agent(TaskScope.statistics().agent()));
    out.println("recording  " + telemetry.recordingFile());
    out.println();
    if (settings.rate() > 0) {
      out.printf(
          "%s requests per second come from the load generator: quick, slow, failing, lock-contending%n"
              + "ones, and one that never ends. More by hand:%n",
          settings.rate());
    } else {
      out.println("The load generator is off. Requests by hand:");
    }
    Router.SAMPLES.forEach(path -> out.println("  curl '" + web.serverAddress() + path + "'"));
    out.println();
    out.println(
        settings.duration() == null
            ? "Ctrl-C stops it in order."
            : "Stops by itself after %s, or with Ctrl-C."
                .formatted(DurationText.of(settings.duration())));
    out.println();
    out.flush();
  }

  /** What the agent does here; the manifest of the demo's jar names it. */
  static String agent(AgentStatus agent) {
    return switch (agent.state()) {
      case ON ->
          "on: steps and waits are measured, what tasks start or give to pools is theirs as well";
      case PARTIAL -> "partial: " + String.join("; ", agent.missing());
      case FAILED -> "failed: " + String.join("; ", agent.missing());
      case OFF -> "off: times of tasks are not split, and only what is spawned is counted";
    };
  }

  /** Prints the table from time to time, until it is time to stop. */
  private Optional<Signals.Kind> watch(Signals signals) throws InterruptedException {
    StatusTable table = new StatusTable();
    long end =
        settings.duration() == null
            ? Long.MAX_VALUE
            : System.nanoTime() + settings.duration().toNanos();
    while (true) {
      long before = System.nanoTime();
      long left = end == Long.MAX_VALUE ? Long.MAX_VALUE : end - before;
      Optional<Signals.Kind> signal =
          signals.await(Duration.ofNanos(Math.min(left, STATUS_EVERY.toNanos())));
      if (signal.isPresent() || left <= STATUS_EVERY.toNanos()) {
        return signal;
      }
      out.println(
          table.next(TaskScope.statistics().paths(), Duration.ofNanos(System.nanoTime() - before)));
      out.flush();
    }
  }

  private void stop(
      Optional<Signals.Kind> signal, WebTree web, LoadGenerator load, Telemetry telemetry) {
    if (signal.isPresent()) {
      out.println(); // a terminal has written ^C
    }
    out.printf(
        "%s: stopping in order, within %s%n%n",
        signal.map(Signals.Kind::toString).orElse("Time is over"),
        DurationText.of(settings.deadline()));
    out.flush();
    long end = System.nanoTime() + settings.deadline().toNanos();
    // Who sends requests stops before who answers them, and may take half of the time at most.
    ShutdownReport loadReport = load.root().shutdown(settings.deadline().dividedBy(2));
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    ShutdownReport webReport = web.root().shutdown(left);
    out.println(loadReport);
    out.println(webReport);
    if (settings.rate() > 0) {
      out.println("requests   " + load.summary());
    }
    telemetry.finish(FLUSH_WITHIN).forEach(out::println);
    next(telemetry.recordingFile());
    out.flush();
  }

  private void next(Path recording) {
    Path jfr = Path.of(System.getProperty("java.home"), "bin", "jfr");
    out.println();
    out.println(
        "next: the recording explained; every task, what the tasks waited for, and how the scopes ended");
    out.printf("  ./taskscope report %s%n", recording);
    out.printf("  %s print --events taskscope.Task %s | less%n", jfr, recording);
    out.printf(
        "  %s print --events jdk.ThreadSleep,jdk.JavaMonitorEnter %s | grep -B1 -A9 'Context: Task.scopePath'%n",
        jfr, recording);
    out.printf(
        "  %s print --events taskscope.Shutdown,taskscope.TaskAbandoned %s | less%n",
        jfr, recording);
  }
}
