// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The registries that are bound, and the one place where meters are put into them and taken out.
 *
 * <p>A registry may refuse a meter, for instance because the application has one of that name with
 * other tags. That is logged once per metric, and the meter is left out there.
 */
final class Registries {
  private static final System.Logger LOG = System.getLogger(TaskscopeMetrics.class.getName());

  private final List<MeterRegistry> bound = new CopyOnWriteArrayList<>();
  private final Set<TaskscopeMeter> refused =
      Collections.synchronizedSet(EnumSet.noneOf(TaskscopeMeter.class));

  /** A meter and where it is. */
  private record Place(MeterRegistry registry, Meter meter) {}

  /** Meters that come and go together. Guarded by the registration lock. */
  static final class Group {
    private final List<Place> places = new ArrayList<>();
    private boolean removed;

    /** Takes all of them out of their registries, for good: nothing can be added any more. */
    void remove() {
      removed = true;
      for (Place place : places) {
        try {
          place.registry.remove(place.meter);
        } catch (RuntimeException e) { // a listener of the application's; the others still go
          LOG.log(System.Logger.Level.WARNING, "Cannot remove " + place.meter.getId(), e);
        }
      }
      places.clear();
    }
  }

  List<MeterRegistry> bound() {
    return bound;
  }

  /**
   * A value that is read from {@code source} whenever a registry asks; kept alive by the caller.
   */
  <S> void addReading(
      MeterRegistry registry,
      Group group,
      TaskscopeMeter meter,
      S source,
      ToDoubleFunction<S> value,
      String... labels) {
    Tags tags = tags(meter, List.of(labels));
    String name = meter.meterName();
    String description = meter.description();
    add(
        registry,
        group,
        meter,
        to ->
            switch (meter.type()) {
              case COUNTER ->
                  FunctionCounter.builder(name, source, value)
                      .description(description)
                      .tags(tags)
                      .register(to);
              case GAUGE, INFO ->
                  meter.isTime()
                      ? TimeGauge.builder(name, source, TimeUnit.SECONDS, value)
                          .description(description)
                          .tags(tags)
                          .register(to)
                      : Gauge.builder(name, source, value)
                          .description(description)
                          .tags(tags)
                          .register(to);
              case HISTOGRAM ->
                  throw new IllegalArgumentException(meter + " is not read but recorded");
            });
  }

  /** A histogram of times; null if the registry refuses it. */
  @Nullable Timer addTimer(
      MeterRegistry registry, Group group, TaskscopeMeter meter, String... labels) {
    return add(
        registry,
        group,
        meter,
        to ->
            Timer.builder(meter.meterName())
                .description(meter.description())
                .tags(tags(meter, List.of(labels)))
                .serviceLevelObjectives(TaskscopeMetrics.buckets())
                .register(to));
  }

  private <M extends Meter> @Nullable M add(
      MeterRegistry registry, Group group, TaskscopeMeter meter, Function<MeterRegistry, M> maker) {
    if (group.removed) { // a straggler of a path that is gone: its meter would stay for ever
      return null;
    }
    try {
      M made = maker.apply(registry);
      group.places.add(new Place(registry, made));
      return made;
    } catch (RuntimeException e) { // never harm the application for the sake of a meter
      if (refused.add(meter)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "A meter registry refuses {0}, which will be missing there: {1}",
            meter.meterName(),
            e);
      }
      return null;
    }
  }

  private static Tags tags(TaskscopeMeter meter, List<String> values) {
    List<String> keys = meter.tagKeys();
    if (keys.size() != values.size()) {
      throw new IllegalArgumentException(meter + " has the labels " + keys + ", not " + values);
    }
    List<Tag> tags = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      tags.add(Tag.of(keys.get(i), values.get(i)));
    }
    return Tags.of(tags);
  }
}
