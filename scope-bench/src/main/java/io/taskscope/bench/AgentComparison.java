// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link AgentBenchmark} with no agent, an empty one, ours and others, in turns so that what
 * else happens on the machine meets all of them, and prints one table. On one carrier, so that a
 * step is a switch and not a message to another core.
 *
 * <p>Arguments: the directory of the agents' jars, the number of rounds.
 */
public final class AgentComparison {
  private record Score(double nanos, double bytes) {}

  private AgentComparison() {}

  /** See the class. */
  public static void main(String... arguments) throws IOException, RunnerException {
    List<AgentVariants> variants = AgentVariants.in(Path.of(arguments[0]));
    int rounds = Integer.parseInt(arguments[1]);
    Map<String, Map<String, List<Score>>> scores = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      for (AgentVariants variant : variants) {
        for (RunResult result : run(variant)) {
          String benchmark = result.getPrimaryResult().getLabel();
          Score score = new Score(result.getPrimaryResult().getScore(), bytes(result));
          scores
              .computeIfAbsent(benchmark, name -> new TreeMap<>())
              .computeIfAbsent(variant.name(), name -> new ArrayList<>())
              .add(score);
        }
      }
    }
    print(variants, scores);
  }

  private static Collection<RunResult> run(AgentVariants variant) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(AgentBenchmark.class.getName())
            .forks(1)
            .warmupIterations(2)
            .warmupTime(TimeValue.milliseconds(500))
            .measurementIterations(3)
            .measurementTime(TimeValue.milliseconds(500))
            .jvmArgsAppend(
                AgentComparison.append(
                    variant.jvmArguments(),
                    "-Djdk.virtualThreadScheduler.parallelism=1",
                    "-Djdk.virtualThreadScheduler.maxPoolSize=1"))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    return new Runner(options).run();
  }

  private static String[] append(List<String> to, String... more) {
    List<String> all = new ArrayList<>(to);
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }

  @SuppressWarnings("rawtypes") // as JMH has it
  private static double bytes(RunResult result) {
    return result.getSecondaryResults().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .mapToDouble(entry -> entry.getValue().getScore())
        .findAny()
        .orElse(Double.NaN);
  }

  private static void print(
      List<AgentVariants> variants, Map<String, Map<String, List<Score>>> scores) {
    StringBuilder head = new StringBuilder("| ns and bytes per operation |");
    variants.forEach(variant -> head.append(' ').append(variant.name()).append(" |"));
    System.out.println(head);
    System.out.println("|---".repeat(variants.size() + 1) + "|");
    scores.forEach(
        (benchmark, byAgent) -> {
          StringBuilder row = new StringBuilder("| " + benchmark + " |");
          for (AgentVariants variant : variants) {
            List<Score> all = byAgent.getOrDefault(variant.name(), List.of());
            row.append(
                " %.0f ns, %.0f B |"
                    .formatted(
                        median(all.stream().map(Score::nanos).toList()),
                        median(all.stream().map(Score::bytes).toList())));
          }
          System.out.println(row);
        });
  }

  static double median(List<Double> of) {
    List<Double> sorted = of.stream().sorted().toList();
    int middle = sorted.size() / 2;
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
