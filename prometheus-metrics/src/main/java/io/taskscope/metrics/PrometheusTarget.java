// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.noop.NoopMeter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A Prometheus registry. Our values do not go through Micrometer's meters there but straight into
 * the scrape: its {@code Timer} costs a multiple of a {@link BucketCounts} per task, and its meters
 * make their labels anew at every scrape.
 *
 * <p>The application must not notice. So each series is also registered with Micrometer, as a meter
 * without measurements: its filters, common tags and naming convention decide about name, labels
 * and whether there is a series at all, and {@code getMeters()} lists it.
 */
final class PrometheusTarget extends Target {
  private final PrometheusMeterRegistry prometheus;
  private final Map<String, PrometheusFamily<?>> families = new ConcurrentHashMap<>();
  private final MultiCollector collector;
  private final Refusals refusals = new Refusals();
  private final Set<String> foreign = ConcurrentHashMap.newKeySet();

  /** Bound while the rest of the registry is written apart from our metrics. */
  private static final ScopedValue<PrometheusTarget> WRITTEN_APART = ScopedValue.newInstance();

  PrometheusTarget(PrometheusMeterRegistry prometheus, Runnable beforeScrape) {
    super(prometheus);
    this.prometheus = prometheus;
    collector =
        () -> {
          if (WRITTEN_APART.isBound() && equals(WRITTEN_APART.get())) {
            return new MetricSnapshots();
          }
          beforeScrape.run();
          List<MetricSnapshot> snapshots = new ArrayList<>(families.size());
          families.values().forEach(family -> family.addTo(snapshots));
          return new MetricSnapshots(snapshots);
        };
    prometheus.config().onMeterRegistrationFailed(refusals);
    prometheus.getMeters().forEach(this::noteForeign);
    prometheus.config().onMeterAdded(this::noteForeign);
    prometheus.getPrometheusRegistry().register(collector);
  }

  private void noteForeign(Meter meter) {
    if (!refusals.isAdding()) {
      foreign.add(name(meter.getId()));
    }
  }

  private String name(Meter.Id id) {
    return prometheus
        .config()
        .namingConvention()
        .name(id.getName(), id.getType(), id.getBaseUnit());
  }

  /**
   * Writes what a scrape of the whole registry would, our own metrics first and by shorter ways.
   */
  void scrape(OutputStream out, ScrapeFormat format) throws IOException {
    if (!Collections.disjoint(foreign, families.keySet())) { // they have to be put together
      prometheus.scrape(out, format.contentType());
      return;
    }
    ExpositionText text = new ExpositionText(out, format);
    for (PrometheusFamily<?> family : families.values()) {
      family.writeTo(text);
    }
    text.flush();
    ScopedValue.where(WRITTEN_APART, this)
        .<@Nullable Void, IOException>call(
            () -> {
              prometheus.scrape(out, format.contentType());
              return null;
            });
  }

  /** Outside of its strict mode Micrometer tells only a listener what it has refused. */
  private static final class Refusals implements BiConsumer<Meter.Id, String> {
    private volatile @Nullable Thread adding;
    private volatile @Nullable String reason;

    @Override
    public void accept(Meter.Id id, String why) {
      if (isAdding()) {
        reason = why;
      }
    }

    boolean isAdding() {
      return Thread.currentThread().equals(adding);
    }

    Meter register(Meter.Builder builder, PrometheusMeterRegistry registry) {
      reason = null;
      adding = Thread.currentThread();
      try {
        Meter meter = builder.register(registry);
        String why = reason;
        if (why != null) {
          registry.remove(meter);
          throw new IllegalStateException(why);
        }
        return meter;
      } finally {
        adding = null;
      }
    }
  }

  @Override
  <S> Place addReading(TaskscopeMeter meter, Tags tags, S source, ToDoubleFunction<S> value) {
    return add(meter, tags, labels -> PrometheusFamily.reading(labels, source, value));
  }

  /** With the registration lock held, like all that adds. */
  Place addHistogram(TaskscopeMeter meter, Tags tags, BucketCounts counts) {
    return add(meter, tags, labels -> PrometheusFamily.histogram(labels, counts));
  }

  private Place add(TaskscopeMeter meter, Tags tags, PrometheusFamily.CellMaker cell) {
    Meter placeholder =
        refusals.register(
            Meter.builder(meter.meterName(), type(meter), List.of())
                .description(meter.description())
                .baseUnit(meter.baseUnit())
                .tags(tags),
            prometheus);
    if (placeholder instanceof NoopMeter) { // a filter of the application's does not want it
      return () -> prometheus.remove(placeholder);
    }
    Meter.Id id = placeholder.getId();
    NamingConvention convention = prometheus.config().namingConvention();
    String name = convention.name(id.getName(), id.getType(), id.getBaseUnit());
    PrometheusFamily<?> family = families.computeIfAbsent(name, n -> PrometheusFamily.of(meter, n));
    Labels labels = labels(id, convention);
    Place place = family.add(labels, cell);
    return () -> {
      place.remove();
      prometheus.remove(placeholder);
    };
  }

  private static Meter.Type type(TaskscopeMeter meter) {
    return switch (meter.type()) {
      case COUNTER -> Meter.Type.COUNTER;
      case GAUGE, INFO -> Meter.Type.GAUGE;
      case HISTOGRAM -> Meter.Type.TIMER;
    };
  }

  private static Labels labels(Meter.Id id, NamingConvention convention) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Tag tag : id.getTags()) {
      names.add(convention.tagKey(tag.getKey()));
      values.add(convention.tagValue(tag.getValue()));
    }
    return Labels.of(names, values);
  }

  @Override
  void close() {
    prometheus.getPrometheusRegistry().unregister(collector);
  }
}
