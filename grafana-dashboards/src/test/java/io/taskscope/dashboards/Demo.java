// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The demo as a process, with the agent where that is built. */
final class Demo {
  private static final Path JAR = Module.REPOSITORY.resolve("scope-demo/target/scope-demo.jar");
  private static final Path AGENT_FOLDER = Module.REPOSITORY.resolve("scope-agent/target");

  private Demo() {}

  /** The jar of the agent, or nothing. */
  static List<Path> agent() {
    return Files.isDirectory(AGENT_FOLDER)
        ? Module.files(AGENT_FOLDER, ".jar").stream()
            .filter(jar -> jar.getFileName().toString().matches("scope-agent(-[0-9].*)?\\.jar"))
            .filter(jar -> !jar.toString().matches(".*-(tests|sources|javadoc)\\.jar"))
            .toList()
        : List.of();
  }

  /** Starts it, with traces to this receiver. */
  static BackgroundProcess start(Path directory, String otlpEndpoint) throws IOException {
    if (!Files.isRegularFile(JAR)) {
      throw new AssertionError(JAR + " is missing: build scope-demo first");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    agent().forEach(jar -> command.add("-javaagent:" + jar));
    command.addAll(
        List.of(
            "-jar",
            JAR.toString(),
            "--port=0",
            "--metrics-port=0",
            "--rate=40",
            "--recording=" + directory.resolve("demo.jfr")));
    return BackgroundProcess.start(
        directory, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", otlpEndpoint), command);
  }

  /** Where its metrics are, such as {@code 127.0.0.1:9464}. */
  static String target(BackgroundProcess demo) throws InterruptedException {
    return URI.create(demo.awaitValue("metrics")).getAuthority();
  }
}
