// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.taskscope.TaskScope;
import io.taskscope.metrics.ScrapeHandler;
import io.taskscope.metrics.TaskSpanContext;
import io.taskscope.metrics.TaskscopeMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One scrape of many paths, up to its bytes. Every path has ended tasks of one outcome; how large
 * the scrape is, is printed before the first measurement.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"--enable-preview", "-Xms2g", "-Xmx2g"})
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 8, time = 1)
@State(Scope.Benchmark)
public class ScrapeBenchmark {
  @Param("1000")
  public int paths = 1_000;

  @Param({"text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0"})
  public String format = "";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(
          PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, new TaskSpanContext());
  private final TaskscopeMetrics metrics = new TaskscopeMetrics();
  private final TaskScope root = TaskScope.root("scrape");

  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable HttpServer server;
  private URI uri = URI.create("http://127.0.0.1/metrics"); // its port comes with the server

  @Setup
  public void fill() throws IOException, InterruptedException {
    metrics.bindTo(registry);
    root.call("task", () -> {});
    for (int i = 1; i < paths; i++) {
      root.child("app-" + i % 10 + ".handlers-" + i).call("task", () -> {});
    }
    HttpServer serving =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serving.createContext("/metrics", new ScrapeHandler(registry, metrics));
    serving.start();
    server = serving;
    uri = URI.create("http://127.0.0.1:" + serving.getAddress().getPort() + "/metrics");
    byte[] plain = client.send(request(), HttpResponse.BodyHandlers.ofByteArray()).body();
    long series =
        new String(plain, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.startsWith("#"))
            .count();
    System.out.printf(
        "%d paths: %d series, %d bytes, %d bytes with gzip%n",
        paths, series, plain.length, overHttpWithGzip());
  }

  private HttpRequest request(String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", format);
    return headers.length == 0 ? request.build() : request.headers(headers).build();
  }

  @TearDown
  public void close() {
    client.close();
    if (server != null) {
      server.stop(0);
    }
    root.shutdown(Duration.ofSeconds(10));
    metrics.close();
  }

  /** Through {@link ScrapeHandler}, with the way there and back on loopback. */
  @Benchmark
  public int overHttp() throws IOException, InterruptedException {
    return client.send(request(), HttpResponse.BodyHandlers.ofByteArray()).body().length;
  }

  /** As Prometheus asks for it. */
  @Benchmark
  public int overHttpWithGzip() throws IOException, InterruptedException {
    return client
        .send(request("Accept-Encoding", "gzip"), HttpResponse.BodyHandlers.ofByteArray())
        .body()
        .length;
  }

  /** The same registry written by the Prometheus library, as other scrape endpoints do. */
  @Benchmark
  public int byTheLibrary() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(8_000_000);
    registry.scrape(out, format);
    return out.size();
  }
}
