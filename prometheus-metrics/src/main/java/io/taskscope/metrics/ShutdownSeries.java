// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/** What the shutdowns of the long-lived scopes of one path were like. */
final class ShutdownSeries {
  private final String path;
  private final Registries registries;
  private final Registries.Group group = new Registries.Group();
  private final Map<ShutdownReport.Result, LongAdder> results =
      new EnumMap<>(ShutdownReport.Result.class);
  private final Map<ShutdownPhase, Histogram> phases = new EnumMap<>(ShutdownPhase.class);

  ShutdownSeries(String path, Registries registries, ReentrantLock registration) {
    this.path = path;
    this.registries = registries;
    for (ShutdownReport.Result result : ShutdownReport.Result.values()) {
      results.put(result, new LongAdder());
    }
    for (ShutdownPhase phase : ShutdownPhase.values()) {
      phases.put(
          phase,
          new Histogram(
              registries,
              registration,
              group,
              TaskscopeMeter.SHUTDOWN_DURATION,
              path,
              phase.label()));
    }
  }

  void phaseEnded(ShutdownReport.Phase phase) {
    Objects.requireNonNull(phases.get(phase.phase())).record(phase.duration().toNanos(), null);
  }

  void ended(ShutdownReport.Result result) {
    Objects.requireNonNull(results.get(result)).increment();
  }

  /** With the registration lock held. */
  void bind(Target target) {
    results.forEach(
        (result, count) ->
            registries.addReading(
                target,
                group,
                TaskscopeMeter.SHUTDOWNS,
                count,
                LongAdder::sum,
                path,
                result.label()));
    phases.values().forEach(phase -> phase.bind(target));
  }

  /** With the registration lock held. */
  void remove() {
    group.remove();
  }
}
