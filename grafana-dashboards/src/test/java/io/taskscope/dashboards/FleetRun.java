// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskscope.dashboards.Expressions.Target;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of every dashboard on a real Prometheus that scrapes a simulated fleet. Too long for
 * the build; the command is in {@code docs/scaling.md}.
 */
class FleetRun {
  private static final int INSTANCES = Integer.getInteger("fleet.instances", 200);
  private static final int PATHS = Integer.getInteger("fleet.paths", 200);
  private static final int INTERVAL = Integer.getInteger("fleet.interval", 30);
  private static final int MINUTES = Integer.getInteger("fleet.minutes", 6);
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** Everything is below it, so that no query reads less than all. */
  private static final String SCOPE = "/web";

  private final HttpClient client = HttpClient.newHttpClient();
  private String prometheus = "";

  /**
   * How a query went.
   *
   * @param answered whether the answer is not an error, such as that it took too long
   * @param millis until the answer
   */
  private record Measured(Target target, boolean answered, long millis, long samples, int series) {}

  @Test
  void queries_ofAFleet_areAnsweredInTime(@TempDir Path folder) throws Exception {
    Tool.require("prometheus", "Debian: apt install prometheus");
    int port = BackgroundProcess.freePort();
    prometheus = "http://127.0.0.1:" + port;
    try (FleetSimulator fleet = FleetSimulator.start(INSTANCES, PATHS);
        BackgroundProcess process =
            BackgroundProcess.start(folder, Map.of(), command(folder, fleet, port))) {
      fill(process);
      List<Measured> all = new ArrayList<>();
      for (Target target : Expressions.targets()) {
        all.add(measure(target));
      }
      all.sort(Comparator.comparingLong(Measured::millis).reversed());
      print(all);
      assertThat(all)
          .hasSizeGreaterThan(50)
          .allSatisfy(
              one -> {
                assertThat(one.answered).isTrue();
                assertThat(one.millis).isLessThan(LIMIT.toMillis());
              });
    }
  }

  private static List<String> command(Path folder, FleetSimulator fleet, int port)
      throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            """
            global: {scrape_interval: %1$ds, scrape_timeout: %1$ds, evaluation_interval: 30s}
            rule_files: ['%2$s/*.yml']
            scrape_configs:
              - job_name: fleet
                http_sd_configs: [{url: '%3$s'}]
            """
                .formatted(INTERVAL, Module.RULES, fleet.targetsUrl()));
    return List.of(
        "prometheus",
        "--config.file=" + config,
        "--storage.tsdb.path=" + folder.resolve("data"),
        "--web.listen-address=127.0.0.1:" + port,
        "--query.timeout=10s",
        "--log.level=warn");
  }

  /** Waits until all instances have been scraped for a while. */
  private void fill(BackgroundProcess process) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofMinutes(MINUTES));
    while (Instant.now().isBefore(end)) {
      Thread.sleep(5_000);
    }
    JsonNode up = get("/api/v1/query?query=" + encoded("count(taskscope_build_info)"));
    assertThat(up.at("/data/result/0/value/1").asInt())
        .as(process::transcript)
        .isEqualTo(INSTANCES);
  }

  private Measured measure(Target target) {
    String step = Integer.toString(Math.max(15, INTERVAL));
    String expression =
        Expressions.interpolated(
            target
                .expression()
                .replace("$__rate_interval", 4 * INTERVAL + "s")
                .replace("$__range", MINUTES + "m"),
            SCOPE);
    Instant now = Instant.now();
    String path =
        target.instant()
            ? "/api/v1/query?stats=all&query=" + encoded(expression)
            : "/api/v1/query_range?stats=all&query=%s&start=%s&end=%s&step=%s"
                .formatted(
                    encoded(expression),
                    now.minus(Duration.ofMinutes(MINUTES)).getEpochSecond(),
                    now.getEpochSecond(),
                    step);
    long begin = System.nanoTime();
    // One that is given up after ten seconds is no reason not to measure the others.
    JsonNode answer = Module.json(text(path));
    long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
    return new Measured(
        target,
        answer.path("status").asText().equals("success"),
        millis,
        answer.at("/data/stats/samples/totalQueryableSamples").asLong(),
        answer.at("/data/result").size());
  }

  private void print(List<Measured> all) {
    JsonNode head = get("/api/v1/status/tsdb").at("/data/headStats");
    String memory =
        text("/metrics")
            .lines()
            .filter(line -> line.startsWith("process_resident_memory_bytes "))
            .findFirst()
            .orElse("? 0")
            .split(" ", 2)[1];
    System.out.printf(
        Locale.ROOT,
        "%n%s instances, %s paths each: %s series, %.1f GB resident, every %s s for %s min%n",
        INSTANCES,
        PATHS,
        head.path("numSeries").asLong(),
        Double.parseDouble(memory) / 1e9,
        INTERVAL,
        MINUTES);
    get("/api/v1/rules")
        .at("/data/groups")
        .valueStream()
        .forEach(
            group ->
                System.out.printf(
                    Locale.ROOT,
                    "rules %s: %.2f s%n",
                    group.path("name").asText(),
                    group.path("evaluationTime").asDouble()));
    System.out.printf("%8s %12s %7s  %s%n", "ms", "samples", "series", "query");
    all.forEach(
        one ->
            System.out.printf(
                "%8d %12d %7d  %s / %s #%s%s%n",
                one.millis,
                one.samples,
                one.series,
                one.target.dashboard(),
                one.target.panel(),
                one.target.index(),
                (one.target.instant() ? " (instant)" : "") + (one.answered ? "" : " NO ANSWER")));
  }

  private JsonNode get(String path) {
    JsonNode json = Module.json(text(path));
    assertThat(json.path("status").asText())
        .as(path + " " + json.path("error"))
        .isEqualTo("success");
    return json;
  }

  private String text(String path) {
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(prometheus + path))
                  .timeout(Duration.ofMinutes(2))
                  .build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new AssertionError(path, e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
