// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs that tests need and that may not be there. */
final class Tool {
  private static final int PATIENCE_SECONDS = 120;

  private Tool() {}

  /** Where there is no such program on the PATH the test is skipped, or in CI fails. */
  static void require(String program, String howToGetIt) {
    boolean installed =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    require(installed, "no %s on the PATH (%s)".formatted(program, howToGetIt));
  }

  /** Where something is missing the test is skipped, or in CI fails. */
  static void require(boolean there, String whatIsMissing) {
    if (System.getenv("CI") != null && !there) {
      throw new AssertionError("CI needs it: " + whatIsMissing);
    }
    assumeTrue(there, whatIsMissing);
  }

  /** Runs a program to its end. */
  static Result run(Path directory, List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("tool", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
            .as("%s ends within %s s", command, PATIENCE_SECONDS)
            .isTrue();
      } finally {
        process.destroyForcibly();
      }
      return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** How it ended, and all it printed. */
  record Result(int exitCode, String output) {}
}
