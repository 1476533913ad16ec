// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.taskscope.Task;
import io.taskscope.hook.TraceContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of times with the {@linkplain TaskscopeMetrics#BUCKETS fixed buckets}. Recording adds
 * to two striped counters and reads no clock. Of each bucket it remembers as exemplar the first
 * sampled task after each scrape, so that every scrape can bring a new one.
 */
final class BucketCounts {
  private static final long[] BOUNDS_NANOS =
      TaskscopeMetrics.BUCKETS.stream().mapToLong(bound -> bound.toNanos()).toArray();
  private static final double[] BOUNDS_SECONDS = boundsInSeconds();
  private static final int ALL = (1 << BOUNDS_SECONDS.length) - 1;
  private static final VarHandle WANTED;

  static {
    try {
      WANTED = MethodHandles.lookup().findVarHandle(BucketCounts.class, "wanted", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LongAdder[] counts = new LongAdder[BOUNDS_SECONDS.length];

  /**
   * In seconds: nanoseconds as a long overflow after 292 years, which 10 000 tasks spend in days.
   */
  private final DoubleAdder sum = new DoubleAdder();

  private final AtomicReferenceArray<@Nullable Seen> exemplars =
      new AtomicReferenceArray<>(BOUNDS_SECONDS.length);

  /** One bit per bucket that has no exemplar since the last scrape. */
  @SuppressWarnings("unused") // written through WANTED
  private volatile int wanted = ALL;

  /** An exemplar. */
  record Seen(double seconds, TraceContext context, long atMillis) {}

  BucketCounts() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  static double[] boundsInSeconds() {
    double[] bounds = new double[BOUNDS_NANOS.length + 1];
    for (int i = 0; i < BOUNDS_NANOS.length; i++) {
      bounds[i] = BOUNDS_NANOS[i] / 1e9;
    }
    bounds[BOUNDS_NANOS.length] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /**
   * @param task whose span is a candidate for the exemplar; null if there is none
   */
  void record(long nanos, @Nullable Task<?> task) {
    int bucket = 0;
    while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
      bucket++;
    }
    double seconds = nanos / 1e9;
    counts[bucket].increment();
    sum.add(seconds);
    if (task != null && (wanted & 1 << bucket) != 0) {
      offer(task, bucket, seconds);
    }
  }

  private void offer(Task<?> task, int bucket, double seconds) {
    TraceContext context = task.attachment(TraceContext.KEY);
    if (context != null && context.sampled()) {
      exemplars.set(bucket, new Seen(seconds, context, System.currentTimeMillis()));
      WANTED.getAndBitwiseAnd(this, ~(1 << bucket));
    }
  }

  /** What was counted so far; the next exemplars will be of tasks that end from now on. */
  HistogramDataPointSnapshot snapshot(Labels labels, long createdMillis) {
    HistogramDataPointSnapshot snapshot =
        new HistogramDataPointSnapshot(
            ClassicHistogramBuckets.of(BOUNDS_SECONDS, perBucket()),
            sum.sum(),
            labels,
            seenExemplars(),
            createdMillis);
    exemplarsShown();
    return snapshot;
  }

  long[] perBucket() {
    long[] perBucket = new long[counts.length];
    for (int i = 0; i < perBucket.length; i++) {
      perBucket[i] = counts[i].sum();
    }
    return perBucket;
  }

  /** In seconds. */
  double sum() {
    return sum.sum();
  }

  @Nullable Seen exemplar(int bucket) {
    return exemplars.get(bucket);
  }

  /** The next exemplars will be of tasks that end from now on. */
  void exemplarsShown() {
    if (wanted != ALL) {
      WANTED.setVolatile(this, ALL);
    }
  }

  private Exemplars seenExemplars() {
    List<Exemplar> found = null;
    for (int i = 0; i < exemplars.length(); i++) {
      Seen seen = exemplars.get(i);
      if (seen != null) {
        found = found == null ? new ArrayList<>() : found;
        found.add(
            new Exemplar(
                seen.seconds,
                Labels.of(
                    Exemplar.SPAN_ID,
                    seen.context.spanIdHex(),
                    Exemplar.TRACE_ID,
                    seen.context.traceIdHex()),
                seen.atMillis));
      }
    }
    return found == null ? Exemplars.EMPTY : Exemplars.of(found);
  }
}
