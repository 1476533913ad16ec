// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.taskscope.TaskScope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The same meters pushed as OTLP, read back as a collector gets them. */
class OtlpRegistryTest {
  @Test
  void meters_publishedAsOtlp_haveTheirNamesTypesAndAttributes() throws Exception {
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/metrics",
        exchange -> {
          received.complete(exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    TaskScope root = TaskScope.root(Fixture.freshName());
    try (TaskscopeMetrics metrics =
        TaskscopeMetrics.builder().statistics(() -> Steps.on(Steps.of(1, 2, 3))).build()) {
      OtlpMeterRegistry registry =
          new OtlpMeterRegistry(config(collector.getAddress().getPort()), Clock.SYSTEM);
      metrics.bindTo(registry);
      root.spawn("t", () -> {}).get();
      root.spawn("t", () -> {}).get();
      metrics.refresh(); // a reading of the last 50 ms would do else
      registry.close(); // publishes what there is

      Map<String, Metric> byName =
          ExportMetricsServiceRequest.parseFrom(received.get(30, TimeUnit.SECONDS))
              .getResourceMetricsList()
              .stream()
              .flatMap(resource -> resource.getScopeMetricsList().stream())
              .flatMap(scope -> scope.getMetricsList().stream())
              .collect(Collectors.toMap(Metric::getName, Function.identity()));
      check(byName, root.path());
    } finally {
      root.shutdown(Duration.ofSeconds(5));
      collector.stop(0);
    }
  }

  private static void check(Map<String, Metric> byName, String path) {
    Metric started = byName.get("taskscope.tasks.started");
    assertThat(started.getSum().getIsMonotonic()).isTrue();
    assertThat(started.getSum().getAggregationTemporality())
        .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
    assertThat(number(started.getSum().getDataPointsList(), path, "origin", "spawned"))
        .isEqualTo(2);

    Metric time = byName.get("taskscope.task.time");
    assertThat(time.getUnit()).isEqualTo("seconds");
    assertThat(number(time.getSum().getDataPointsList(), path, "state", "running")).isEqualTo(2);

    HistogramDataPoint duration =
        byName.get("taskscope.task.duration").getHistogram().getDataPointsList().stream()
            .filter(point -> has(point.getAttributesList(), "scope.path", path))
            .findFirst()
            .orElseThrow();
    assertThat(duration.getCount()).isEqualTo(2);
    assertThat(duration.getExplicitBoundsCount()).isEqualTo(TaskscopeMetrics.BUCKETS.size());

    assertThat(byName.get("taskscope.tasks.active").hasGauge()).isTrue();
    assertThat(byName.get("taskscope.scope.info").getGauge().getDataPointsList())
        .anySatisfy(
            point -> assertThat(has(point.getAttributesList(), "scope.path", path)).isTrue());
    assertThat(byName.keySet())
        .containsAll(
            List.of(
                "taskscope.tasks.finished",
                "taskscope.task.start.delay",
                "taskscope.task.parks",
                "taskscope.findings",
                "taskscope.telemetry.dropped",
                "taskscope.build.info"));
  }

  private static double number(
      List<NumberDataPoint> points, String path, String key, String value) {
    return points.stream()
        .filter(point -> has(point.getAttributesList(), "scope.path", path))
        .filter(point -> has(point.getAttributesList(), key, value))
        .findFirst()
        .orElseThrow()
        .getAsDouble();
  }

  private static boolean has(List<KeyValue> attributes, String key, String value) {
    return attributes.stream()
        .anyMatch(
            attribute ->
                attribute.getKey().equals(key)
                    && attribute.getValue().getStringValue().equals(value));
  }

  private static OtlpConfig config(int port) {
    return new OtlpConfig() {
      @Override
      public String get(String key) {
        return switch (key) {
          case "otlp.url" -> "http://127.0.0.1:" + port + "/v1/metrics";
          case "otlp.step" -> "1h";
          default -> null;
        };
      }
    };
  }
}
