// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A real Prometheus on loopback that scrapes one target every second. */
final class PrometheusProcess implements AutoCloseable {
  private final DemoProcess process;
  private final String address;

  private PrometheusProcess(DemoProcess process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Where there is no {@code prometheus} on the PATH the test is skipped, or in CI fails.
   *
   * @param directory an empty one for its data
   * @param metrics the address of the target
   */
  static PrometheusProcess start(Path directory, String metrics)
      throws IOException, InterruptedException {
    requireInstalled();
    URI target = URI.create(metrics);
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: demo
                metrics_path: %s
                static_configs:
                  - targets: ['%s']
            """
                .formatted(target.getPath(), target.getAuthority()));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    DemoProcess process =
        DemoProcess.start(
            directory,
            Map.of(),
            List.of(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--enable-feature=exemplar-storage",
                "--log.level=warn"));
    PrometheusProcess prometheus = new PrometheusProcess(process, "http://127.0.0.1:" + port);
    HttpProbe.await(prometheus.address + "/-/ready", response -> response.statusCode() == 200);
    return prometheus;
  }

  private static void requireInstalled() {
    boolean installed =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "prometheus")));
    if (System.getenv("CI") != null && !installed) {
      throw new AssertionError(
          "CI needs a prometheus on the PATH (Debian: apt install prometheus)");
    }
    assumeTrue(installed, "no prometheus on the PATH (Debian: apt install prometheus)");
  }

  /** Asks for the value of a query until the answer is the one waited for. */
  String awaitQuery(String query, Predicate<String> wanted) throws InterruptedException {
    return HttpProbe.await(
            address + "/api/v1/query?query=" + encoded(query), answer -> succeeded(answer, wanted))
        .body();
  }

  /** Asks for the exemplars of the last minutes until the answer is the one waited for. */
  String awaitExemplars(String query, Predicate<String> wanted) throws InterruptedException {
    Instant now = Instant.now();
    return HttpProbe.await(
            "%s/api/v1/query_exemplars?query=%s&start=%s&end=%s"
                .formatted(
                    address,
                    encoded(query),
                    now.minusSeconds(300).getEpochSecond(),
                    now.plusSeconds(300).getEpochSecond()),
            answer -> succeeded(answer, wanted))
        .body();
  }

  private static boolean succeeded(HttpResponse<String> answer, Predicate<String> wanted) {
    if (answer.statusCode() == 400) {
      throw new AssertionError("Prometheus does not understand the query: " + answer.body());
    }
    return answer.statusCode() == 200 && wanted.test(answer.body());
  }

  private static String encoded(String query) {
    return URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.close();
  }
}
