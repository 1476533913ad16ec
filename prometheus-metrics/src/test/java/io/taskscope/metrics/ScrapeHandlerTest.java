// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.taskscope.TaskScope;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeHandlerTest {
  private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final Fixture fixture = Fixture.bound();
  private final TaskScope root = fixture.root();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/metrics", new ScrapeHandler(fixture.registry, fixture.metrics));
    server.start();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
    fixture.close();
  }

  private HttpRequest.Builder request() {
    return request("/metrics");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create(
            "http://%s:%s%s"
                .formatted(
                    server.getAddress().getAddress().getHostAddress(),
                    server.getAddress().getPort(),
                    path)));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void get_withoutAccept_isPlainTextWithTheLatestValues() throws Exception {
    root.spawn("t", () -> {}).get();

    HttpResponse<byte[]> response = send(request());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo(PLAIN);
    assertThat(header(response, "Vary")).contains("Accept");
    assertThat(header(response, "Content-Encoding")).isEmpty();
    assertThat(
            Scrape.parse(text(response))
                .sum("taskscope_tasks_finished_total", "scope_path", root.path()))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "/metrics, 200",
    "/metrics/, 200",
    "/metrics?name=x, 200",
    "/metricsx, 404",
    "/metrics/x, 404"
  })
  void get_ofAnotherPath_isNotFound(String path, int status) throws Exception {
    HttpResponse<byte[]> response = send(request(path));

    assertThat(response.statusCode()).isEqualTo(status);
    if (status == 404) {
      assertThat(text(response)).isEqualTo("the metrics are at /metrics\n");
    }
  }

  @Test
  void get_whereAllPathsAreTheHandlers_isTheScrape() throws Exception {
    server.createContext("/", new ScrapeHandler(fixture.registry, fixture.metrics));

    assertThat(send(request("/anything")).statusCode()).isEqualTo(200);
  }

  @Test
  void get_asPrometheusAsks_isOpenMetrics() throws Exception {
    HttpResponse<byte[]> response =
        send(
            request()
                .header(
                    "Accept",
                    "application/openmetrics-text;version=1.0.0,"
                        + "application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo(OPEN);
    assertThat(text(response)).contains("# TYPE taskscope_scope info").endsWith("# EOF\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/openmetrics-text|OPEN_METRICS",
        "Application/OpenMetrics-Text; version=1.0.0; q=0.5|OPEN_METRICS",
        "text/plain, application/openmetrics-text;q=0.9|PROMETHEUS",
        "text/plain;q=0.3, application/openmetrics-text;q=0.3|OPEN_METRICS",
        "application/openmetrics-text;q=0|PROMETHEUS",
        "application/openmetrics-text;q=nonsense|PROMETHEUS",
        "text/html,application/xhtml+xml,*/*;q=0.8|PROMETHEUS",
        "application/json|PROMETHEUS",
        "*/*|PROMETHEUS",
        "''|PROMETHEUS",
        ";;q=,;|PROMETHEUS"
      })
  void format_ofAnAcceptHeader_isNegotiated(String accept, ScrapeFormat expected) {
    assertThat(ScrapeFormat.accepted(List.of(accept))).isEqualTo(expected);
  }

  @Test
  void get_withGzip_isCompressed() throws Exception {
    HttpResponse<byte[]> response =
        send(request().header("Accept-Encoding", "deflate, gzip;q=0.5"));

    assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
    String text =
        new String(
            new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes(),
            StandardCharsets.UTF_8);
    assertThat(text).contains("taskscope_build_info");
    assertThat(response.body().length).isLessThan(text.length());
  }

  @Test
  void get_refusingGzip_isNotCompressed() throws Exception {
    HttpResponse<byte[]> response = send(request().header("Accept-Encoding", "gzip;q=0"));

    assertThat(header(response, "Content-Encoding")).isEmpty();
    assertThat(text(response)).contains("taskscope_build_info");
  }

  @Test
  void head_always_hasHeadersAndNoBody() throws Exception {
    HttpResponse<byte[]> response = send(request().HEAD());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo(PLAIN);
    assertThat(response.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
  void otherMethod_always_isRefused(String method) throws Exception {
    HttpResponse<byte[]> response =
        send(request().method(method, HttpRequest.BodyPublishers.ofString("x=1")));

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "Allow")).isEqualTo("GET, HEAD");
    assertThat(text(response)).isEqualTo("use GET or HEAD\n");
  }

  @Test
  void get_whenACollectorThrows_is500AndTheNextScrapeIsFine() throws Exception {
    Collector broken =
        new Collector() {
          @Override
          public MetricSnapshot collect() {
            throw new IllegalStateException("secret detail");
          }
        };
    fixture.registry.getPrometheusRegistry().register(broken);

    HttpResponse<byte[]> failed = send(request());
    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(header(failed, "Content-Type")).startsWith("text/plain");
    assertThat(text(failed)).contains("the scrape failed").doesNotContain("secret");

    fixture.registry.getPrometheusRegistry().unregister(broken);
    assertThat(send(request()).statusCode()).isEqualTo(200);
  }

  @Test
  void get_afterTheMetricsAreClosed_stillShowsTheRestOfTheRegistry() throws Exception {
    fixture.registry.counter("mine").increment();
    fixture.metrics.close();

    HttpResponse<byte[]> response = send(request());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(text(response)).contains("mine_total 1.0").doesNotContain("taskscope");
  }

  @Test
  @SuppressWarnings("NullAway") // null is the point
  void constructor_withoutRegistry_isRefused() {
    assertThatThrownBy(() -> new ScrapeHandler(null, fixture.metrics))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("registry");
  }
}
