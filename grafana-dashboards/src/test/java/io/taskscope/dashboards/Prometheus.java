// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskscope.dashboards.BackgroundProcess.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A real Prometheus with our rules. It scrapes twice a second, as the end of a shutdown is seen for
 * one only.
 */
final class Prometheus implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final BackgroundProcess process;
  private final String address;
  private final HttpClient client = HttpClient.newHttpClient();

  private Prometheus(BackgroundProcess process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it.
   *
   * @param directory an empty one for its data
   * @param targets to scrape, such as {@code 127.0.0.1:9464}
   * @param alertmanager where alerts go, or nothing
   */
  static Prometheus start(Path directory, List<String> targets, Optional<String> alertmanager)
      throws IOException, InterruptedException {
    Tool.require("prometheus", "Debian: apt install prometheus");
    String alerting =
        alertmanager
            .map(
                to ->
                    "alerting: {alertmanagers: [{static_configs: [{targets: ['%s']}]}]}\n"
                        .formatted(to))
            .orElse("");
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 500ms, evaluation_interval: 1s}
            rule_files: ['%s/*.yml']
            %sscrape_configs:
              - job_name: demo
                static_configs: [{targets: ['%s']}]
            """
                .formatted(Module.RULES, alerting, String.join("', '", targets)));
    int port = BackgroundProcess.freePort();
    BackgroundProcess process =
        BackgroundProcess.start(
            directory,
            Map.of(),
            List.of(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--enable-feature=exemplar-storage",
                "--log.level=warn"));
    Prometheus prometheus = new Prometheus(process, "http://127.0.0.1:" + port);
    try {
      Waiting.until(
          "Prometheus is ready",
          () -> prometheus.get("/-/ready").filter(answer -> answer.statusCode() == 200));
    } catch (AssertionError | InterruptedException e) {
      process.close();
      throw e;
    }
    return prometheus;
  }

  String address() {
    return address;
  }

  /** What a query has now. */
  List<JsonNode> query(String expression) {
    return result("/api/v1/query?query=" + encoded(expression)).valueStream().toList();
  }

  /** What a query has had since then, second by second. */
  List<JsonNode> queryRange(String expression, Instant since) {
    Instant now = Instant.now();
    return result(
            "/api/v1/query_range?query=%s&start=%s&end=%s&step=1"
                .formatted(encoded(expression), since.getEpochSecond(), now.getEpochSecond()))
        .valueStream()
        .toList();
  }

  /** Waits for a query to have something that is wanted. */
  JsonNode awaitQuery(String expression, Predicate<JsonNode> wanted) throws InterruptedException {
    return Waiting.until(expression, () -> query(expression).stream().filter(wanted).findFirst());
  }

  /** The exemplars of the last minutes of the series that an expression reads. */
  List<JsonNode> exemplars(String expression) {
    Instant now = Instant.now();
    List<JsonNode> all = new ArrayList<>();
    data("/api/v1/query_exemplars?query=%s&start=%s&end=%s"
            .formatted(
                encoded(expression),
                now.minusSeconds(300).getEpochSecond(),
                now.plusSeconds(60).getEpochSecond()))
        .forEach(series -> series.path("exemplars").forEach(all::add));
    return all;
  }

  /** The values of a label of some series, as a variable of a dashboard asks for them. */
  List<String> labelValues(String series, String label) {
    return data("/api/v1/label/%s/values?match[]=%s".formatted(label, encoded(series)))
        .valueStream()
        .map(JsonNode::asText)
        .toList();
  }

  /** Every rule that is loaded, with its health. */
  List<JsonNode> rules() {
    return data("/api/v1/rules")
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  private JsonNode result(String path) {
    return data(path).path("result");
  }

  private JsonNode data(String path) {
    HttpResponse<String> answer =
        get(path).orElseThrow(() -> new AssertionError("no answer: " + process.transcript()));
    JsonNode json = Module.json(answer.body());
    if (!json.path("status").asText().equals("success")) {
      throw new AssertionError("%s: %s".formatted(path, answer.body()));
    }
    return json.path("data");
  }

  private Optional<HttpResponse<String>> get(String path) {
    URI uri = URI.create(address + path.replace("[", "%5B").replace("]", "%5D"));
    try {
      return Optional.of(
          client.send(
              HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty(); // not there yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.close();
  }
}
