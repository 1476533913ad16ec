// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskScope;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an agent adds to the life of a short program, from the start of its process to its end. Each
 * round runs the program without and with every agent; what is compared are the two of one round.
 *
 * <p>Arguments: the directory of the agents' jars, the number of rounds. Without arguments it is
 * the program: it runs one task.
 */
public final class StartupComparison {
  private StartupComparison() {}

  /** See the class. */
  public static void main(String... arguments) throws Exception {
    if (arguments.length == 0) {
      TaskScope root = TaskScope.root("start");
      root.spawn("task", () -> {}).get();
      root.shutdown(Duration.ofSeconds(1));
      return;
    }
    List<AgentVariants> variants = AgentVariants.in(Path.of(arguments[0]));
    int rounds = Integer.parseInt(arguments[1]);
    Map<String, List<Double>> added = new LinkedHashMap<>();
    List<Double> without = new ArrayList<>();
    variants.forEach(StartupComparison::run); // files are cached from now on
    for (int round = 0; round < rounds; round++) {
      double base = run(variants.getFirst());
      without.add(base);
      for (AgentVariants variant : variants.subList(1, variants.size())) {
        added.computeIfAbsent(variant.name(), name -> new ArrayList<>()).add(run(variant) - base);
      }
    }
    System.out.printf("| whole life without an agent | %.0f ms |%n|---|---|%n", median(without));
    added.forEach(
        (name, millis) -> System.out.printf("| with %s | + %.0f ms |%n", name, median(millis)));
  }

  private static double median(List<Double> of) {
    return AgentComparison.median(of);
  }

  /** Milliseconds. */
  private static double run(AgentVariants variant) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(variant.jvmArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(StartupComparison.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    long start = System.nanoTime();
    try {
      int exit = builder.start().waitFor();
      if (exit != 0) {
        throw new IllegalStateException("ended with " + exit + ": " + command);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return (System.nanoTime() - start) / 1e6;
  }
}
