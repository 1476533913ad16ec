// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The registries that are bound, and the one place where meters are put into them and taken out.
 *
 * <p>A registry may refuse a meter, for instance because the application has one of that name with
 * another type. That is logged once per metric, and the meter is left out there.
 */
final class Registries {
  private static final System.Logger LOG = System.getLogger(TaskscopeMetrics.class.getName());

  private final List<Target> bound = new CopyOnWriteArrayList<>();
  private final Set<TaskscopeMeter> refused =
      Collections.synchronizedSet(EnumSet.noneOf(TaskscopeMeter.class));

  /** Meters that come and go together. Guarded by the registration lock. */
  static final class Group {
    private final List<Target.Place> places = new ArrayList<>();
    private boolean removed;

    /** Takes all of them out of their registries, for good: nothing can be added any more. */
    void remove() {
      removed = true;
      for (Target.Place place : places) {
        try {
          place.remove();
        } catch (RuntimeException e) { // a listener of the application's; the others still go
          LOG.log(System.Logger.Level.WARNING, "Cannot remove a meter", e);
        }
      }
      places.clear();
    }
  }

  List<Target> bound() {
    return bound;
  }

  /**
   * A value that is read from {@code source} whenever a registry asks; kept alive by the caller.
   */
  <S> void addReading(
      Target target,
      Group group,
      TaskscopeMeter meter,
      S source,
      ToDoubleFunction<S> value,
      String... labels) {
    add(group, meter, () -> target.addReading(meter, tags(meter, labels), source, value));
  }

  void addHistogram(
      PrometheusTarget target,
      Group group,
      TaskscopeMeter meter,
      BucketCounts counts,
      String... labels) {
    add(group, meter, () -> target.addHistogram(meter, tags(meter, labels), counts));
  }

  /** A histogram of times; null if the registry refuses it. */
  @Nullable Timer addTimer(
      MicrometerTarget target, Group group, TaskscopeMeter meter, String... labels) {
    Timer[] made = new Timer[1];
    add(
        group,
        meter,
        () -> {
          Timer timer = target.addTimer(meter, tags(meter, labels));
          made[0] = timer;
          return () -> target.registry.remove(timer);
        });
    return made[0];
  }

  private void add(Group group, TaskscopeMeter meter, Supplier<Target.Place> adding) {
    if (group.removed) { // a straggler of a path that is gone: its meter would stay for ever
      return;
    }
    try {
      group.places.add(adding.get());
    } catch (RuntimeException e) { // never harm the application for the sake of a meter
      if (refused.add(meter)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "A meter registry refuses {0}, which will be missing there: {1}",
            meter.meterName(),
            e);
      }
    }
  }

  private static Tags tags(TaskscopeMeter meter, String... values) {
    List<String> keys = new ArrayList<>(meter.tagKeys());
    if (values.length > keys.size()) {
      keys.addAll(meter.optionalTagKeys());
    }
    if (keys.size() != values.length) {
      throw new IllegalArgumentException(
          meter + " has the labels " + keys + ", not " + List.of(values));
    }
    List<Tag> tags = new ArrayList<>(values.length);
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(keys.get(i), values[i]));
    }
    return Tags.of(tags);
  }
}
