// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Programs that tests run to their end. */
public final class Program {
  /** Generous: the machine may be busy. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private Program() {}

  /**
   * How a program ended.
   *
   * @param exit its exit code
   * @param out all of its standard output
   * @param err all of its standard error
   */
  public record Ended(int exit, String out, String err) {}

  /** Runs a program without flags for Java from the environment. */
  public static Ended run(Path program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return run(command, Map.of());
  }

  /** The same, with these variables on top of the environment. */
  static Ended run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("program", ".out");
    Path err = Files.createTempFile("program", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(PATIENCE)) {
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(
            "%s still ran after %s and had said: %s%s"
                .formatted(command, PATIENCE, read(out), read(err)));
      }
      return new Ended(process.exitValue(), read(out), read(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** The class path on which these classes are, for {@code -cp}. */
  public static String classPathOf(Class<?>... classes) {
    return Stream.of(classes)
        .map(Program::placeOf)
        .distinct()
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  private static String placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("where is " + type.getName() + "?", e);
    }
  }
}
