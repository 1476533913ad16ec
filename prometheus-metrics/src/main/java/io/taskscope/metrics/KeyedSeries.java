// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The series of one metric whose label values are not known beforehand, such as hook classes. */
final class KeyedSeries {
  private final TaskscopeMeter meter;
  private final Registries registries;
  private final Readings readings;
  private final Map<List<String>, Cell> cells = new ConcurrentHashMap<>();

  KeyedSeries(TaskscopeMeter meter, Registries registries, Readings readings) {
    this.meter = meter;
    this.registries = registries;
    this.readings = readings;
  }

  private static final class Cell {
    final Registries.Group group = new Registries.Group();
    volatile double value;
  }

  /** Sets the values of the series there are. */
  void update(Map<List<String>, ? extends Number> values) {
    values.forEach(
        (labels, value) -> {
          Cell cell = cells.get(labels);
          if (cell != null) {
            cell.value = next(cell.value, value.doubleValue());
          }
        });
  }

  /** A counter never goes back, whatever the one who counts says. */
  private double next(double before, double now) {
    return meter.type() == TaskscopeMeter.Type.COUNTER ? Math.max(before, now) : now;
  }

  /** Adds new series and removes those that are gone, but for counters. Registration lock held. */
  void reconcile(Map<List<String>, ? extends Number> values) {
    values.forEach(
        (labels, value) -> {
          if (!cells.containsKey(labels)) {
            Cell cell = new Cell();
            cell.value = value.doubleValue();
            registries.bound().forEach(target -> bind(target, labels, cell));
            cells.put(labels, cell);
          }
        });
    if (meter.type() != TaskscopeMeter.Type.COUNTER) {
      cells
          .entrySet()
          .removeIf(
              entry -> {
                boolean gone = !values.containsKey(entry.getKey());
                if (gone) {
                  entry.getValue().group.remove();
                }
                return gone;
              });
    }
  }

  /** With the registration lock held. */
  void bind(Target target) {
    cells.forEach((labels, cell) -> bind(target, labels, cell));
  }

  private void bind(Target target, List<String> labels, Cell cell) {
    registries.addReading(
        target,
        cell.group,
        meter,
        cell,
        source -> {
          readings.use();
          return source.value;
        },
        labels.toArray(String[]::new));
  }

  /** With the registration lock held. */
  void remove() {
    cells.values().forEach(cell -> cell.group.remove());
    cells.clear();
  }
}
