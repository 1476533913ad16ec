// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** That each benchmark runs; what it measures in this JVM is worth nothing. */
class AllBenchmarksTest {
  @Test
  void run_oneTinyIteration_everyBenchmarkSucceeds() throws RunnerException {
    Options tiny =
        new OptionsBuilder()
            .include("io.taskscope.bench")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(1))
            .threads(1)
            .param("tasks", "100")
            .param("selector", "/bench[name=needle]")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();

    Collection<RunResult> results = new Runner(tiny).run();

    assertThat(results).hasSizeGreaterThan(30);
    assertThat(results)
        .allSatisfy(result -> assertThat(result.getPrimaryResult().getScore()).isPositive());
  }
}
