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
import java.io.IOException;
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
  private static final byte[] NONE = {};
  private static final byte[][] BOUNDS = bounds();

  private final TaskscopeMeter.Type type;
  private final String baseName;
  private final byte[] help;
  private final MetricMetadata metadata;
  private final Function<Cell, D> point;
  private final BiFunction<MetricMetadata, Collection<D>, MetricSnapshot> snapshot;
  private final ConcurrentNavigableMap<Labels, Cell> cells = new ConcurrentSkipListMap<>();

  /** Where the value of a series is. */
  abstract static sealed class Cell {
    final Labels labels;
    final byte[] text;
    final long createdMillis = System.currentTimeMillis();

    Cell(Labels labels) {
      this.labels = labels;
      text = ExpositionText.bytes(labels);
    }
  }

  private static final class ReadingCell<S> extends Cell {
    private final S source;
    private final ToDoubleFunction<S> value;

    ReadingCell(Labels labels, S source, ToDoubleFunction<S> value) {
      super(labels);
      this.source = source;
      this.value = value;
    }

    double read() {
      return value.applyAsDouble(source);
    }
  }

  private static final class HistogramCell extends Cell {
    private final BucketCounts counts;

    HistogramCell(Labels labels, BucketCounts counts) {
      super(labels);
      this.counts = counts;
    }
  }

  /** Makes the cell of a series once its labels are known. */
  interface CellMaker {
    Cell of(Labels labels);
  }

  static <S> Cell reading(Labels labels, S source, ToDoubleFunction<S> value) {
    return new ReadingCell<>(labels, source, value);
  }

  static Cell histogram(Labels labels, BucketCounts counts) {
    return new HistogramCell(labels, counts);
  }

  private static byte[][] bounds() {
    double[] seconds = BucketCounts.boundsInSeconds();
    byte[][] bounds = new byte[seconds.length][];
    for (int i = 0; i < bounds.length; i++) {
      String bound = Double.isInfinite(seconds[i]) ? "+Inf" : Double.toString(seconds[i]);
      bounds[i] = ExpositionText.bytes("le=\"" + bound + "\"");
    }
    return bounds;
  }

  private PrometheusFamily(
      TaskscopeMeter meter,
      MetricMetadata metadata,
      Function<Cell, D> point,
      BiFunction<MetricMetadata, Collection<D>, MetricSnapshot> snapshot) {
    type = meter.type();
    baseName = metadata.getPrometheusName();
    help = ExpositionText.bytes(meter.description());
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
          new PrometheusFamily<>(meter, metadata, PrometheusFamily::counter, CounterSnapshot::new);
      case GAUGE ->
          new PrometheusFamily<>(meter, metadata, PrometheusFamily::gauge, GaugeSnapshot::new);
      case INFO ->
          new PrometheusFamily<>(
              meter, metadata, cell -> new InfoDataPointSnapshot(cell.labels), InfoSnapshot::new);
      case HISTOGRAM ->
          new PrometheusFamily<>(
              meter,
              metadata,
              PrometheusFamily::histogram,
              (data, points) -> new HistogramSnapshot(data, points));
    };
  }

  private static CounterDataPointSnapshot counter(Cell cell) {
    ReadingCell<?> reading = (ReadingCell<?>) cell;
    return new CounterDataPointSnapshot(reading.read(), cell.labels, null, reading.createdMillis);
  }

  private static GaugeDataPointSnapshot gauge(Cell cell) {
    return new GaugeDataPointSnapshot(((ReadingCell<?>) cell).read(), cell.labels, null);
  }

  private static HistogramDataPointSnapshot histogram(Cell cell) {
    HistogramCell histogram = (HistogramCell) cell;
    return histogram.counts.snapshot(cell.labels, histogram.createdMillis);
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

  /** The same as text. */
  void writeTo(ExpositionText text) throws IOException {
    if (cells.isEmpty()) {
      return;
    }
    switch (type) {
      case COUNTER -> writeReadings(text, "_total", "counter");
      case GAUGE -> writeReadings(text, "", "gauge");
      case INFO -> writeInfo(text);
      case HISTOGRAM -> writeHistograms(text);
    }
  }

  private byte[] name(String suffix) {
    return ExpositionText.bytes(baseName + suffix);
  }

  private void head(ExpositionText text, byte[] name, String kind) throws IOException {
    // OpenMetrics names the metric without the suffix of its samples.
    text.head(text.isOpenMetrics() ? name("") : name, ExpositionText.bytes(kind), help);
  }

  private void writeReadings(ExpositionText text, String suffix, String kind) throws IOException {
    byte[] name = name(suffix);
    head(text, name, kind);
    for (Cell cell : cells.values()) {
      text.sample(name, cell.text, NONE);
      text.value(((ReadingCell<?>) cell).read());
      text.end();
    }
  }

  private void writeInfo(ExpositionText text) throws IOException {
    byte[] name = name("_info");
    head(text, name, text.isOpenMetrics() ? "info" : "gauge");
    for (Cell cell : cells.values()) {
      text.sample(name, cell.text, NONE);
      text.value(1);
      text.end();
    }
  }

  private void writeHistograms(ExpositionText text) throws IOException {
    head(text, name(""), "histogram");
    byte[] bucketName = name("_bucket");
    byte[] countName = name("_count");
    byte[] sumName = name("_sum");
    for (Cell cell : cells.values()) {
      BucketCounts counts = ((HistogramCell) cell).counts;
      long[] perBucket = counts.perBucket();
      long below = 0;
      for (int i = 0; i < perBucket.length; i++) {
        below += perBucket[i];
        text.sample(bucketName, cell.text, BOUNDS[i]);
        text.value(below);
        BucketCounts.Seen seen = text.isOpenMetrics() ? counts.exemplar(i) : null;
        if (seen != null) {
          text.exemplar(seen.context(), seen.seconds(), seen.atMillis());
        }
        text.end();
      }
      text.sample(countName, cell.text, NONE);
      text.value(below);
      text.end();
      text.sample(sumName, cell.text, NONE);
      text.value(counts.sum());
      text.end();
      if (text.isOpenMetrics()) { // the other format has not shown them
        counts.exemplarsShown();
      }
    }
  }
}
