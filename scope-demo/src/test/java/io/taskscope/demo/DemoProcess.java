// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The demo, or another program, as a process whose output can be waited for. */
final class DemoProcess implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> out = new ArrayList<>();
  private final List<String> err = new ArrayList<>();
  private final List<Thread> readers;

  private DemoProcess(Process process) {
    this.process = process;
    readers = List.of(read(process.getInputStream(), out), read(process.getErrorStream(), err));
  }

  /** Starts the demo by {@code ./taskscope demo}, from another directory than its own. */
  static DemoProcess demo(Path directory, Map<String, String> environment, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher().toString(), "demo"));
    command.addAll(List.of(options));
    Map<String, String> all = new HashMap<>(environment);
    all.put("TASKSCOPE_BUILD", "never"); // Maven has just built it
    all.put("JAVA_HOME", System.getProperty("java.home")); // the JDK Maven chose, wherever it is
    return start(directory, all, command);
  }

  /** Starts any program, without the caller's OpenTelemetry settings. */
  static DemoProcess start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(withSigint().stream(), command.stream()).toList());
    builder.directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_"));
    builder.environment().putAll(environment);
    return new DemoProcess(builder.start());
  }

  /**
   * Programs that a shell starts in the background ignore Ctrl-C, and so would what we start here.
   */
  private static List<String> withSigint() {
    return System.getProperty("os.name").equals("Linux")
        ? List.of("env", "--default-signal=INT")
        : List.of();
  }

  static Path launcher() {
    return repository().resolve("taskscope");
  }

  static Path repository() {
    return Path.of("").toAbsolutePath().getParent(); // Maven runs tests in the folder of the module
  }

  private Thread read(InputStream stream, List<String> lines) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                  synchronized (this) {
                    lines.add(line);
                    notifyAll();
                  }
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Waits for a line on standard output, also if it has been printed already. */
  String awaitLine(Predicate<String> wanted) throws InterruptedException {
    return awaitLine(out, wanted);
  }

  /** Waits for a line on standard error, also if it has been printed already. */
  String awaitErrorLine(Predicate<String> wanted) throws InterruptedException {
    return awaitLine(err, wanted);
  }

  private synchronized String awaitLine(List<String> lines, Predicate<String> wanted)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<String> found = lines.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = end - System.nanoTime();
      if (left <= 0 || !process.isAlive()) {
        throw new AssertionError(
            "%s, and not printed what was waited for:%n%s".formatted(process, transcript()));
      }
      wait(Math.clamp(left / 1_000_000, 1, 100)); // the end of the process notifies nobody
    }
  }

  /** What stands behind a label at the beginning of a line, such as {@code metrics}. */
  String awaitValue(String label) throws InterruptedException {
    return awaitLine(line -> line.startsWith(label + "  ")).substring(label.length()).strip();
  }

  /** Sends SIGTERM or, as Ctrl-C does, SIGINT. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
        .inheritIO()
        .start()
        .waitFor();
  }

  /** Waits for the end of the process, with all of its output read. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("%s does not end:%n%s".formatted(process, transcript()));
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  synchronized List<String> out() {
    return List.copyOf(out);
  }

  synchronized List<String> err() {
    return List.copyOf(err);
  }

  /** All it has printed, for messages. */
  synchronized String transcript() {
    return String.join("\n", out) + "\n--- standard error\n" + String.join("\n", err);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
