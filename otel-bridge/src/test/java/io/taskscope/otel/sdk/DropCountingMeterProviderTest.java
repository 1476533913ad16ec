// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.otel.LogCapture;
import io.taskscope.otel.SpanDrops;
import io.taskscope.otel.SpanDrops.Reason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DropCountingMeterProviderTest {
  private static final String METRIC = "otel.sdk.processor.span.processed";

  private final SpanDrops drops = new SpanDrops();
  private final LogCapture sdkLog = new LogCapture("io.opentelemetry");

  @AfterEach
  void stopListening() {
    sdkLog.close();
  }

  @Test
  void processor_afterShutdown_isCounted() {
    BatchSpanProcessor processor =
        BatchSpanProcessor.builder(SpanExporter.noop())
            .setMeterProvider(DropCountingMeterProvider.create(drops, MeterProvider.noop()))
            .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
            .setScheduleDelay(Duration.ofHours(1))
            .build();
    try (SdkTracerProvider tracers =
        SdkTracerProvider.builder().addSpanProcessor(processor).build()) {
      var before = tracers.get("test").spanBuilder("before").startSpan();
      processor.shutdown().join(20, TimeUnit.SECONDS);
      before.end();
    }

    assertThat(drops.counts())
        .containsEntry("already_shutdown", 1L)
        .containsEntry("queue_full", 0L);
  }

  @Test
  void counter_ofTheSdk_isReadAndHandedOn() {
    InMemoryMetricReader reader = InMemoryMetricReader.create();
    try (SdkMeterProvider next = SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      Meter meter =
          DropCountingMeterProvider.create(drops, next)
              .meterBuilder("io.opentelemetry.sdk.trace")
              .setInstrumentationVersion("1")
              .setSchemaUrl("http://localhost/schema")
              .build();
      LongCounter counter =
          meter.counterBuilder(METRIC).setUnit("{span}").setDescription("processed").build();
      counter.add(1);
      counter.add(2, Attributes.empty());
      counter.add(3, error("queue_full"));
      counter.add(4, error("already_shutdown"), Context.root());
      counter.add(5, error("java.lang.IllegalStateException"));
      counter.add(-1, error("queue_full")); // the SDK refuses it, and so is it not counted

      assertThat(counter.isEnabled()).isTrue();
      assertThat(drops.count(Reason.QUEUE_FULL)).isEqualTo(3);
      assertThat(drops.count(Reason.ALREADY_SHUTDOWN)).isEqualTo(4);
      assertThat(drops.count(Reason.OTHER)).isEqualTo(5);
      assertThat(drops.total()).isEqualTo(12);
      assertThat(reader.collectAllMetrics())
          .filteredOn(metric -> metric.getName().equals(METRIC))
          .singleElement()
          .satisfies(metric -> assertThat(sum(metric)).isEqualTo(15));
    }
  }

  @Test
  void otherInstruments_areLeftAlone() {
    InMemoryMetricReader reader = InMemoryMetricReader.create();
    try (SdkMeterProvider next = SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      Meter meter = DropCountingMeterProvider.create(drops, next).get("other");
      meter.counterBuilder("a").build().add(1, error("queue_full"));
      meter.upDownCounterBuilder("b").build().add(1);
      meter.histogramBuilder("c").build().record(1);
      meter.gaugeBuilder("d").build().set(1);
      meter.counterBuilder("e").buildWithCallback(observer -> observer.record(1));

      assertThat(reader.collectAllMetrics())
          .extracting(MetricData::getName)
          .contains("a", "b", "c", "d", "e");
      assertThat(drops.total()).isZero();
    }
  }

  private static long sum(MetricData metric) {
    return metric.getLongSumData().getPoints().stream().mapToLong(point -> point.getValue()).sum();
  }

  private static Attributes error(String type) {
    return Attributes.of(AttributeKey.stringKey("error.type"), type);
  }
}
