// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.taskscope.Decision;
import io.taskscope.TaskScope;
import io.taskscope.metrics.TaskscopeMetrics;
import io.taskscope.otel.testing.OtlpReceiver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The meters of a service that has no Prometheus: over OTLP, by Micrometer's registry for it. */
class OtlpMetricsTest {
  @Test
  void meters_onTheOtlpRegistry_reachACollector() throws Exception {
    try (OtlpReceiver receiver = OtlpReceiver.start();
        TaskscopeMetrics metrics = TaskscopeMetrics.builder().build()) {
      OtlpMeterRegistry registry = new OtlpMeterRegistry(config(receiver), Clock.SYSTEM);
      metrics.bindTo(registry);
      TaskScope root =
          TaskScope.root("otlp-metrics", o -> o.onFailure((task, error) -> Decision.HANDLED));
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      root.spawn("good", () -> 1).get();
      assertThatThrownBy(root.spawn("bad", OtlpMetricsTest::fail)::get)
          .isInstanceOf(ExecutionException.class);
      root.spawn(
          "lives",
          () -> {
            running.countDown();
            release.await();
          });
      running.await();
      registry.close(); // publishes once more
      release.countDown();
      root.shutdown(Duration.ofSeconds(20));

      List<Metric> received = receiver.metrics();
      assertThat(value(received, "active", Map.of())).isEqualTo(1);
      assertThat(value(received, "started", Map.of("origin", "spawned"))).isEqualTo(3);
      assertThat(value(received, "finished", Map.of("outcome", "success"))).isEqualTo(1);
      assertThat(value(received, "finished", Map.of("outcome", "failure"))).isEqualTo(1);
      assertThat(received)
          .filteredOn(metric -> metric.getName().contains("duration"))
          .filteredOn(Metric::hasHistogram)
          .anySatisfy(
              metric ->
                  assertThat(metric.getHistogram().getDataPointsList())
                      .anySatisfy(
                          point ->
                              assertThat(attributes(point.getAttributesList()))
                                  .containsEntry("scope_path", "/otlp-metrics")));
    }
  }

  private static OtlpConfig config(OtlpReceiver receiver) {
    Map<String, String> values =
        Map.of("otlp.url", receiver.httpEndpoint() + "/v1/metrics", "otlp.step", "1h");
    return values::get;
  }

  private static double value(List<Metric> received, String what, Map<String, String> labels) {
    return received.stream()
        .filter(
            metric -> metric.getName().matches("taskscope[._]tasks[._]" + what + "([._]total)?"))
        .flatMap(OtlpMetricsTest::points)
        .filter(
            point -> {
              Map<String, String> has = attributes(point.getAttributesList());
              return "/otlp-metrics".equals(has.get("scope_path"))
                  && has.entrySet().containsAll(labels.entrySet());
            })
        .mapToDouble(point -> point.hasAsInt() ? point.getAsInt() : point.getAsDouble())
        .max()
        .orElseThrow(() -> new AssertionError("no " + what + labels + " in " + received));
  }

  private static Stream<NumberDataPoint> points(Metric metric) {
    return Stream.concat(
        metric.getGauge().getDataPointsList().stream(),
        metric.getSum().getDataPointsList().stream());
  }

  private static Map<String, String> attributes(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(Collectors.toMap(KeyValue::getKey, each -> each.getValue().getStringValue()));
  }

  private static void fail() {
    throw new IllegalStateException("on purpose");
  }
}
