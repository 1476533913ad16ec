// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the test, its output in a file. */
final class BackgroundProcess implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Process process;
  private final Path output;

  private BackgroundProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it, without the caller's OpenTelemetry settings. */
  static BackgroundProcess start(
      Path directory, Map<String, String> environment, List<String> command) throws IOException {
    Path output = Files.createTempFile(directory, "process", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_"));
    builder.environment().putAll(environment);
    return new BackgroundProcess(builder.start(), output);
  }

  /** A port on loopback that nobody has now. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** What stands behind a word at the beginning of a line of the output. */
  String awaitValue(String word) throws InterruptedException {
    String prefix = word + "  ";
    return Waiting.until(
        "a line that begins with " + word,
        () -> {
          boolean ended = !process.isAlive(); // asked first: what it has printed by then is all
          Optional<String> found =
              transcript()
                  .lines()
                  .filter(line -> line.startsWith(prefix))
                  .map(line -> line.substring(prefix.length()).strip())
                  .findFirst();
          if (ended && found.isEmpty()) {
            throw new AssertionError("it has ended: " + transcript());
          }
          return found;
        });
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("does not end: " + transcript());
    }
  }

  String transcript() {
    return Module.read(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Looks again and again. */
  static final class Waiting {
    private Waiting() {}

    /** Something to look for, that may not be there yet. */
    interface Look<T> {
      Optional<T> look() throws InterruptedException;
    }

    static <T> T until(String what, Look<T> look) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        Optional<T> found = look.look();
        if (found.isPresent()) {
          return found.get();
        }
        if (System.nanoTime() > end) {
          throw new AssertionError("not within %s: %s".formatted(PATIENCE, what));
        }
        Thread.sleep(LOOK_EVERY);
      }
    }
  }
}
