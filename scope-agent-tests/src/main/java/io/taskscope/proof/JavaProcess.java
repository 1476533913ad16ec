// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM of its own, and what it says. Ends with this object at the latest. */
public final class JavaProcess implements AutoCloseable {
  /** Generous: the machine may be busy. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Path OWN_JDK = Path.of(System.getProperty("java.home"));

  private final Process process;
  private final List<String> out = new ArrayList<>();
  private final List<String> err = new ArrayList<>();
  private final List<Thread> readers;

  private JavaProcess(Process process) {
    this.process = process;
    readers = List.of(read(process.getInputStream(), out), read(process.getErrorStream(), err));
  }

  /**
   * How a program ended.
   *
   * @param exit its exit code
   * @param out the lines of standard output
   * @param err the lines of standard error
   */
  public record Ended(int exit, List<String> out, List<String> err) {
    /** Keeps immutable copies of the lists. */
    public Ended {
      out = List.copyOf(out);
      err = List.copyOf(err);
    }

    /** The lines of the form {@code key=value}. */
    public Map<String, String> values() {
      Map<String, String> values = new LinkedHashMap<>();
      for (String line : out) {
        int equals = line.indexOf('=');
        if (equals > 0 && line.substring(0, equals).matches("[a-z.]+")) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
      return values;
    }

    /** The lines of standard error that are not of the given kind. */
    public List<String> errWithout(String regex) {
      return err.stream().filter(line -> !line.matches(regex)).toList();
    }
  }

  /** Starts {@code java} of the JDK that runs this, with these arguments. */
  public static JavaProcess start(List<String> arguments) throws IOException {
    return start(OWN_JDK, arguments);
  }

  /** Starts {@code java} of a JDK, with these arguments, without flags from the environment. */
  public static JavaProcess start(Path javaHome, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.equals("JAVA_TOOL_OPTIONS")
                    || name.equals("JDK_JAVA_OPTIONS")
                    || name.startsWith("OTEL_")
                    || name.startsWith("DD_"));
    return new JavaProcess(builder.start());
  }

  /** Runs a program to its end. */
  public static Ended run(Path javaHome, List<String> arguments)
      throws IOException, InterruptedException {
    try (JavaProcess started = start(javaHome, arguments)) {
      return started.await();
    }
  }

  /** Runs a program to its end. */
  public static Ended run(List<String> arguments) throws IOException, InterruptedException {
    return run(OWN_JDK, arguments);
  }

  /** The class path on which these classes are, for {@code -cp}. */
  public static String classPathOf(Class<?>... classes) {
    return Stream.of(classes)
        .map(JavaProcess::place)
        .distinct()
        .map(Path::toString)
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("where is " + type.getName() + "?", e);
    }
  }

  private static Thread read(InputStream stream, List<String> lines) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                  synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                  }
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Waits for its end. */
  public Ended await() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "still running after %s; said so far: %s / %s".formatted(PATIENCE, lines(out), err()));
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return new Ended(process.exitValue(), lines(out), err());
  }

  /** Waits for a line of standard output. */
  public String awaitLine(Predicate<String> wanted) throws InterruptedException {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    synchronized (out) {
      while (true) {
        Optional<String> found = out.stream().filter(wanted).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
        if (!process.isAlive() || System.nanoTime() > limit) {
          throw new IllegalStateException("never said; instead: " + out + " / " + err());
        }
        out.wait(100);
      }
    }
  }

  /** What it has said on standard error so far. */
  public List<String> err() {
    return lines(err);
  }

  private static List<String> lines(List<String> of) {
    synchronized (of) {
      return List.copyOf(of);
    }
  }

  /** The process itself. */
  public Process process() {
    return process;
  }

  /** Asks it to end, as a process manager would, and waits for that. */
  public Ended stop() throws InterruptedException {
    process.destroy();
    return await();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
