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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  PrometheusTarget(PrometheusMeterRegistry prometheus, Runnable beforeScrape) {
    super(prometheus);
    this.prometheus = prometheus;
    collector =
        () -> {
          beforeScrape.run();
          List<MetricSnapshot> snapshots = new ArrayList<>(families.size());
          families.values().forEach(family -> family.addTo(snapshots));
          return new MetricSnapshots(snapshots);
        };
    prometheus.config().onMeterRegistrationFailed(refusals);
    prometheus.getPrometheusRegistry().register(collector);
  }

  /** Outside of its strict mode Micrometer tells only a listener what it has refused. */
  private static final class Refusals implements BiConsumer<Meter.Id, String> {
    private volatile @Nullable Thread adding;
    private volatile @Nullable String reason;

    @Override
    public void accept(Meter.Id id, String why) {
      if (Thread.currentThread().equals(adding)) {
        reason = why;
      }
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
