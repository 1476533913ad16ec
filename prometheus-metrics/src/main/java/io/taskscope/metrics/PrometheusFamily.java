// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The series of one metric in one Prometheus registry, with their labels ready made and in the
 * order of the scrape, so that sorting them once more there costs next to nothing.
 */
final class PrometheusFamily<D extends DataPointSnapshot> {
  private final MetricMetadata metadata;
  private final Function<Cell, D> point;
  private final BiFunction<MetricMetadata, Collection<D>, MetricSnapshot> snapshot;
  private final ConcurrentNavigableMap<Labels, Cell> cells = new ConcurrentSkipListMap<>();

  /** Where the value of a series is. */
  sealed interface Cell {
    Labels labels();
  }

  private record ReadingCell<S>(
      Labels labels, S source, ToDoubleFunction<S> value, long createdMillis) implements Cell {
    double read() {
      return value.applyAsDouble(source);
    }
  }

  private record HistogramCell(Labels labels, BucketCounts counts, long createdMillis)
      implements Cell {}

  /** Makes the cell of a series once its labels are known. */
  interface CellMaker {
    Cell of(Labels labels);
  }

  static <S> Cell reading(Labels labels, S source, ToDoubleFunction<S> value) {
    return new ReadingCell<>(labels, source, value, System.currentTimeMillis());
  }

  static Cell histogram(Labels labels, BucketCounts counts) {
    return new HistogramCell(labels, counts, System.currentTimeMillis());
  }

  private PrometheusFamily(
      MetricMetadata metadata,
      Function<Cell, D> point,
      BiFunction<MetricMetadata, Collection<D>, MetricSnapshot> snapshot) {
    this.metadata = metadata;
    this.point = point;
    this.snapshot = snapshot;
  }

  /**
   * @param name of the metric, as Micrometer names it
   */
  static PrometheusFamily<?> of(TaskscopeMeter meter, String name) {
    MetricMetadata metadata = new MetricMetadata(name, meter.description());
    return switch (meter.type()) {
      case COUNTER ->
          new PrometheusFamily<>(metadata, PrometheusFamily::counter, CounterSnapshot::new);
      case GAUGE -> new PrometheusFamily<>(metadata, PrometheusFamily::gauge, GaugeSnapshot::new);
      case INFO ->
          new PrometheusFamily<>(
              metadata, cell -> new InfoDataPointSnapshot(cell.labels()), InfoSnapshot::new);
      case HISTOGRAM ->
          new PrometheusFamily<>(
              metadata,
              PrometheusFamily::histogram,
              (data, points) -> new HistogramSnapshot(data, points));
    };
  }

  private static CounterDataPointSnapshot counter(Cell cell) {
    ReadingCell<?> reading = (ReadingCell<?>) cell;
    return new CounterDataPointSnapshot(reading.read(), cell.labels(), null, reading.createdMillis);
  }

  private static GaugeDataPointSnapshot gauge(Cell cell) {
    return new GaugeDataPointSnapshot(((ReadingCell<?>) cell).read(), cell.labels(), null);
  }

  private static HistogramDataPointSnapshot histogram(Cell cell) {
    HistogramCell histogram = (HistogramCell) cell;
    return histogram.counts.snapshot(cell.labels(), histogram.createdMillis);
  }

  /** Where the application has filtered labels away, the first of those left alike stays. */
  Target.Place add(Labels labels, CellMaker maker) {
    Cell cell = maker.of(labels);
    cells.putIfAbsent(labels, cell);
    return () -> cells.remove(labels, cell);
  }

  void addTo(List<MetricSnapshot> snapshots) {
    List<D> points = new ArrayList<>();
    cells.values().forEach(cell -> points.add(point.apply(cell)));
    if (!points.isEmpty()) {
      snapshots.add(snapshot.apply(metadata, points));
    }
  }
}
