// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The demo as a process, started as users start it: the manifest of its jar names the agent. */
final class Demo {
  private static final Path JAR = Module.REPOSITORY.resolve("scope-demo/target/scope-demo.jar");

  private Demo() {}

  /** Starts it, with traces to this receiver. */
  static BackgroundProcess start(Path directory, String otlpEndpoint) throws IOException {
    if (!Files.isRegularFile(JAR)) {
      throw new AssertionError(JAR + " is missing: build scope-demo first");
    }
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            JAR.toString(),
            "--port=0",
            "--metrics-port=0",
            "--rate=40",
            "--recording=" + directory.resolve("demo.jfr"));
    return BackgroundProcess.start(
        directory, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", otlpEndpoint), command);
  }

  /** Where its metrics are, such as {@code 127.0.0.1:9464}. */
  static String target(BackgroundProcess demo) throws InterruptedException {
    return URI.create(demo.awaitValue("metrics")).getAuthority();
  }
}
