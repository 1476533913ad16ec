// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.jfr.JfrEvents;
import io.taskscope.jfr.RecordingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;

/**
 * How long {@code taskscope report} takes on a large recording of tasks, beside {@code jfr summary}
 * on the same file: whole processes, one after the other in each round, the report with the flags
 * of {@code ./taskscope}.
 *
 * <p>Arguments: the jar of the agent, that of the command line, the file (made if it is not there),
 * its size in MB, and the number of rounds. Started with {@code record}, a file and a size it makes
 * the recording; that takes the agent.
 */
public final class ReportComparison {
  private static final long MEGABYTE = 1_000_000;
  private static final int TASKS_AT_ONCE = 8;

  /** As {@code ./taskscope} starts it. */
  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx512m");

  private static final int YIELDS = 500;
  private static final int PARKS = 10;

  private ReportComparison() {}

  /** See the class. */
  public static void main(String... arguments) throws Exception {
    if (arguments.length == 3) {
      record(Path.of(arguments[1]), Long.parseLong(arguments[2]) * MEGABYTE);
    } else if (arguments.length == 5) {
      compare(
          arguments[0],
          arguments[1],
          Path.of(arguments[2]),
          arguments[3],
          Integer.parseInt(arguments[4]));
    } else {
      throw new IllegalArgumentException(
          arguments.length + " arguments; the five are: agent.jar taskscope.jar FILE MB ROUNDS");
    }
  }

  // ---- the recording

  @SuppressWarnings("try") // the registration is there to be closed
  private static void record(Path file, long size) throws Exception {
    try (HookRegistration events = JfrEvents.install();
        Recording recording = new Recording()) {
      recording.setSettings(RecordingSettings.PROFILE.withThoseOfTheJdk());
      recording.start();
      TaskScope root = TaskScope.root("recorded");
      List<TaskScope> scopes = List.of(root.child("a"), root.child("b"), root.child("c"));
      while (recording.getSize() < size) {
        List<Task<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS_AT_ONCE; i++) {
          tasks.add(scopes.get(i % scopes.size()).spawn("work", ReportComparison::work));
        }
        for (Task<Void> task : tasks) {
          task.get();
        }
      }
      root.shutdown(Duration.ofSeconds(10));
      recording.stop();
      recording.dump(file);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // steps are what the recording is to be full of
  private static void work() {
    for (int park = 0; park < PARKS; park++) {
      for (int yield = 0; yield < YIELDS / PARKS; yield++) {
        Thread.yield();
      }
      LockSupport.parkNanos(1_000);
    }
  }

  // ---- the comparison

  private static void compare(String agent, String commandLine, Path file, String size, int rounds)
      throws Exception {
    String home = System.getProperty("java.home");
    String java = Path.of(home, "bin", "java").toString();
    if (!Files.exists(file)) {
      run(
          List.of(
              java,
              "-javaagent:" + agent,
              "--enable-preview",
              "-cp",
              System.getProperty("java.class.path"),
              ReportComparison.class.getName(),
              "record",
              file.toString(),
              size));
    }
    List<String> summary =
        List.of(Path.of(home, "bin", "jfr").toString(), "summary", file.toString());
    List<String> report = new ArrayList<>(List.of(java));
    report.addAll(FLAGS);
    report.addAll(List.of("-jar", commandLine, "report", file.toString()));
    run(summary); // the file is in memory from now on
    run(report);
    List<Double> peers = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      double peer = run(summary);
      double own = run(report);
      peers.add(peer);
      ours.add(own);
      ratios.add(own / peer);
    }
    System.out.printf(
        "| recording | %d MB |%n|---|---|%n| jfr summary | %.2f s |%n| taskscope report, 512 MB of heap | %.2f s |%n| ratio | %.1f |%n",
        Files.size(file) / MEGABYTE,
        AgentComparison.median(peers),
        AgentComparison.median(ours),
        AgentComparison.median(ratios));
  }

  /** Seconds. */
  private static double run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    long start = System.nanoTime();
    int exit = builder.start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException("ended with " + exit + ": " + command);
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
