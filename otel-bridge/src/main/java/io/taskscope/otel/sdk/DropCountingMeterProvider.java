// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.sdk;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.DoubleCounterBuilder;
import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongCounterBuilder;
import io.opentelemetry.api.metrics.LongUpDownCounterBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterBuilder;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.metrics.ObservableLongCounter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import io.opentelemetry.context.Context;
import io.taskscope.otel.SpanDrops;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Counts the spans that a {@code BatchSpanProcessor} drops before they reach the exporter. The SDK
 * says so nowhere but in a metric of its own, {@code otel.sdk.processor.span.processed} with an
 * {@code error.type}; this listens to that metric, and hands everything on to another meter
 * provider:
 *
 * <pre>{@code
 * BatchSpanProcessor.builder(exporter)
 *     .setMeterProvider(DropCountingMeterProvider.create(drops, MeterProvider.noop()))
 *     .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST) // the one with this metric
 *     .build();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class DropCountingMeterProvider implements MeterProvider {
  private static final String PROCESSED_SPANS = "otel.sdk.processor.span.processed";
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private final SpanDrops drops;
  private final MeterProvider next;

  private DropCountingMeterProvider(SpanDrops drops, MeterProvider next) {
    this.drops = Objects.requireNonNull(drops, "drops");
    this.next = Objects.requireNonNull(next, "next");
  }

  /**
   * Wraps a meter provider.
   *
   * @param drops where dropped spans are counted
   * @param next what the SDK's metrics go on to; {@link MeterProvider#noop()} for nowhere
   */
  public static MeterProvider create(SpanDrops drops, MeterProvider next) {
    return new DropCountingMeterProvider(drops, next);
  }

  @Override
  public MeterBuilder meterBuilder(String instrumentationScopeName) {
    return new ListeningMeterBuilder(next.meterBuilder(instrumentationScopeName));
  }

  private void processed(long spans, Attributes attributes) {
    String error = attributes.get(ERROR_TYPE);
    if (error != null && spans > 0) {
      drops.add(reason(error), spans);
    }
  }

  private static SpanDrops.Reason reason(String error) {
    for (SpanDrops.Reason reason : SpanDrops.Reason.values()) {
      if (reason.label().equals(error)) {
        return reason;
      }
    }
    return SpanDrops.Reason.OTHER;
  }

  private final class ListeningMeterBuilder implements MeterBuilder {
    private final MeterBuilder builder;

    ListeningMeterBuilder(MeterBuilder builder) {
      this.builder = builder;
    }

    @Override
    public MeterBuilder setSchemaUrl(String schemaUrl) {
      builder.setSchemaUrl(schemaUrl);
      return this;
    }

    @Override
    public MeterBuilder setInstrumentationVersion(String version) {
      builder.setInstrumentationVersion(version);
      return this;
    }

    @Override
    public Meter build() {
      return new ListeningMeter(builder.build());
    }
  }

  private final class ListeningMeter implements Meter {
    private final Meter meter;

    ListeningMeter(Meter meter) {
      this.meter = meter;
    }

    @Override
    public LongCounterBuilder counterBuilder(String name) {
      LongCounterBuilder builder = meter.counterBuilder(name);
      return name.equals(PROCESSED_SPANS) ? new ListeningCounterBuilder(builder) : builder;
    }

    @Override
    public LongUpDownCounterBuilder upDownCounterBuilder(String name) {
      return meter.upDownCounterBuilder(name);
    }

    @Override
    public DoubleHistogramBuilder histogramBuilder(String name) {
      return meter.histogramBuilder(name);
    }

    @Override
    public DoubleGaugeBuilder gaugeBuilder(String name) {
      return meter.gaugeBuilder(name);
    }

    @Override
    public BatchCallback batchCallback(
        Runnable callback, ObservableMeasurement first, ObservableMeasurement... more) {
      return meter.batchCallback(callback, first, more);
    }
  }

  private final class ListeningCounterBuilder implements LongCounterBuilder {
    private final LongCounterBuilder builder;

    ListeningCounterBuilder(LongCounterBuilder builder) {
      this.builder = builder;
    }

    @Override
    public LongCounterBuilder setDescription(String description) {
      builder.setDescription(description);
      return this;
    }

    @Override
    public LongCounterBuilder setUnit(String unit) {
      builder.setUnit(unit);
      return this;
    }

    @Override
    public DoubleCounterBuilder ofDoubles() {
      return builder.ofDoubles();
    }

    @Override
    public LongCounter build() {
      return new ListeningCounter(builder.build());
    }

    @Override
    public ObservableLongCounter buildWithCallback(Consumer<ObservableLongMeasurement> callback) {
      return builder.buildWithCallback(callback);
    }

    @Override
    public ObservableLongMeasurement buildObserver() {
      return builder.buildObserver();
    }
  }

  private final class ListeningCounter implements LongCounter {
    private final LongCounter counter;

    ListeningCounter(LongCounter counter) {
      this.counter = counter;
    }

    @Override
    public boolean isEnabled() {
      return true;
    }

    @Override
    public void add(long value) {
      counter.add(value);
    }

    @Override
    public void add(long value, Attributes attributes) {
      processed(value, attributes);
      counter.add(value, attributes);
    }

    @Override
    public void add(long value, Attributes attributes, Context context) {
      processed(value, attributes);
      counter.add(value, attributes, context);
    }
  }
}
