// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class BucketCountsTest {
  private final BucketCounts counts = new BucketCounts();

  private HistogramDataPointSnapshot snapshot() {
    return counts.snapshot(Labels.EMPTY, 1);
  }

  private static long inBucket(HistogramDataPointSnapshot snapshot, double bound) {
    for (int i = 0; i < snapshot.getClassicBuckets().size(); i++) {
      if (snapshot.getClassicBuckets().getUpperBound(i) == bound) {
        return snapshot.getClassicBuckets().getCount(i);
      }
    }
    throw new AssertionError("no bucket " + bound);
  }

  @Test
  void record_atABound_isInTheBucketBelow() {
    counts.record(0, null);
    counts.record(1_000_000, null);
    counts.record(1_000_001, null);
    counts.record(60_000_000_000L, null);
    counts.record(60_000_000_001L, null);

    assertThat(inBucket(snapshot(), 0.001)).isEqualTo(2);
    assertThat(inBucket(snapshot(), 0.005)).isEqualTo(1);
    assertThat(inBucket(snapshot(), 60)).isEqualTo(1);
    assertThat(inBucket(snapshot(), Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(snapshot().getCount()).isEqualTo(5);
    assertThat(snapshot().getSum()).isCloseTo(120.002000002, Offset.offset(1e-9));
  }

  @Test
  void record_byManyThreads_losesNothing() throws Exception {
    int threads = 4;
    int each = 50_000;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        done.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    counts.record(i % 2 == 0 ? 500_000 : 2_000_000_000L, null);
                  }
                }));
      }
      for (Future<?> future : done) {
        future.get();
      }
    }

    assertThat(inBucket(snapshot(), 0.001)).isEqualTo(threads * each / 2);
    assertThat(inBucket(snapshot(), 2.5)).isEqualTo(threads * each / 2);
    assertThat(snapshot().getSum())
        .isCloseTo(threads * each * 1.00025, Percentage.withPercentage(1e-6));
  }

  @Test
  void exemplar_ofABucket_isTheFirstSampledTaskAfterEachScrape() throws Exception {
    TaskScope root = TaskScope.root(Fixture.freshName());
    try {
      Task<?> unsampled = task(root, 1, false);
      Task<?> first = task(root, 2, true);
      Task<?> second = task(root, 3, true);
      counts.record(1, unsampled);
      assertThat(spanIds()).isEmpty();
      counts.record(1, first);
      counts.record(1, second);
      counts.record(2_000_000_000L, second);
      assertThat(spanIds()).containsExactly("0000000000000002", "0000000000000003");

      counts.record(1, second);
      assertThat(spanIds())
          .as("a scrape has shown the first")
          .containsExactly("0000000000000003", "0000000000000003");
    } finally {
      root.close();
    }
  }

  private static Task<?> task(TaskScope root, long spanId, boolean sampled) throws Exception {
    Task<Void> task = root.spawn("t", () -> {});
    task.get();
    task.attach(TraceContext.KEY, TraceContext.of(1, 1, spanId, sampled));
    return task;
  }

  private List<String> spanIds() {
    List<String> ids = new ArrayList<>();
    snapshot().getExemplars().forEach(exemplar -> ids.add(exemplar.getLabels().get("span_id")));
    return ids;
  }
}
