// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.proof.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Spring Boot 4 application, whose classes are in jars in a jar behind a class loader of its own.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class SpringBootIT {
  private static final String AGENT = System.getProperty("proof.agent");
  private static final Path APPLICATION = Path.of(System.getProperty("proof.application"));
  private static final int REQUESTS = 20;
  private static final String WORK =
      "{\"before\":\"-\",\"request\":\"/web/handlers\",\"async\":\"/web/handlers member\","
          + "\"virtual\":\"/web/handlers member\",\"future\":\"/web/handlers member\","
          + "\"after\":\"-\"}";

  @Test
  void requests_withTheAgent_whatTheyStartIsInTheirScope() throws Exception {
    assertEverythingIsInItsScope(
        List.of(
            "-Xshare:auto",
            "-Xlog:class+load:file=" + log() + "::filecount=0",
            "-javaagent:" + AGENT,
            "-jar",
            APPLICATION.toString()));
    assertThat(Files.readAllLines(log()))
        .filteredOn(line -> line.contains("source: shared objects file"))
        .hasSizeGreaterThan(400);
  }

  /**
   * {@code Launcher-Agent-Class}: an executable jar that brings the agent, started without flags.
   */
  @Test
  void requests_withTheAgentInTheJar_whatTheyStartIsInTheirScope() throws Exception {
    Path jar = directory.resolve("application.jar");
    LauncherAgentJar.write(APPLICATION, Path.of(AGENT), jar);

    assertEverythingIsInItsScope(List.of("-jar", jar.toString()));
  }

  @TempDir Path directory;

  private Path log() {
    return directory.resolve("classes.log");
  }

  private static void assertEverythingIsInItsScope(List<String> arguments) throws Exception {
    try (JavaProcess application = JavaProcess.start(arguments);
        HttpClient client = HttpClient.newHttpClient()) {
      String port = application.awaitLine(line -> line.startsWith("port=")).substring(5);
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(get(client, port, "/work")).isEqualTo(WORK);
      }
      String counts = awaitQuiet(client, port);
      assertThat(counts)
          .contains("\"agent\":\"on\"", "\"missing\":[]", "\"steps\":true")
          .contains("\"called\":" + REQUESTS)
          .contains("\"adopted\":" + 3 * REQUESTS)
          .contains("\"success\":" + 4 * REQUESTS);
      JavaProcess.Ended ended = application.stop();
      assertThat(ended.err()).isEmpty();
      assertThat(ended.out()).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
    }
  }

  private static String awaitQuiet(HttpClient client, String port) throws Exception {
    long limit = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String counts = get(client, port, "/counts");
    while (!counts.contains("\"live\":0") && System.nanoTime() < limit) {
      Thread.sleep(5);
      counts = get(client, port, "/counts");
    }
    return counts;
  }

  private static String get(HttpClient client, String port, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofMinutes(1))
            .build();
    return client.send(request, BodyHandlers.ofString()).body();
  }
}
