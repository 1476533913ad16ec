// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.TaskScope;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A process of its own that records, with one task that stays and many that do not. */
final class OtherProcess implements AutoCloseable {
  private final Process process;
  private final Path repository;

  private OtherProcess(Process process, Path repository) {
    this.process = process;
    this.repository = repository;
  }

  static OtherProcess start(Path directory) throws IOException {
    Path settings = RecordingSettings.PRODUCTION.writeTo(directory);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:FlightRecorderOptions:repository=" + directory.resolve("repository"),
                "-XX:StartFlightRecording:settings=default,settings="
                    + settings
                    + ",jdk.ThreadSleep#threshold=1ms",
                "-cp",
                System.getProperty("java.class.path")
                    + System.getProperty("path.separator")
                    + System.getProperty("jdk.module.path", ""),
                OtherProcess.class.getName())
            .redirectErrorStream(true)
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("repository ")) {
        return new OtherProcess(process, Path.of(line.substring("repository ".length())));
      }
      all.append(line).append('\n');
    }
    throw new IOException("the process ended: " + all);
  }

  /** Where its chunks are. */
  Path repository() {
    return repository;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(Duration.ofSeconds(20))) {
      process.destroyForcibly().waitFor();
    }
  }

  @SuppressWarnings("SystemOut") // how the parent learns
  public static void main(String[] arguments) throws Exception {
    JfrEvents.install();
    TaskScope root = TaskScope.root("other");
    CountDownLatch begun = new CountDownLatch(1);
    root.child("long")
        .spawn(
            "holds",
            () -> {
              begun.countDown();
              Thread.sleep(Duration.ofHours(1));
            });
    begun.await();
    TaskScope shortTasks = root.child("short");
    System.out.println("repository " + System.getProperty("jdk.jfr.repository"));
    while (true) {
      shortTasks.spawn("nap", () -> Thread.sleep(Duration.ofMillis(5))).get();
    }
  }
}
