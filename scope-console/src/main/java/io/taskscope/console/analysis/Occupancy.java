// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

/**
 * How many of something there were on average in each of the equal parts of a recording. Adding an
 * interval costs the same however long it is. For one thread.
 */
final class Occupancy {
  static final int BUCKETS = 240;

  private final long start;
  private final double bucketNanos;
  private final double[] partial = new double[BUCKETS];
  private final long[] whole = new long[BUCKETS + 1];

  Occupancy(long start, long end) {
    this.start = start;
    this.bucketNanos = Math.max(1.0, (double) (end - start) / BUCKETS);
  }

  void add(long from, long to) {
    double first = Math.max(0, (from - start) / bucketNanos);
    double last = Math.min(BUCKETS, (to - start) / bucketNanos);
    if (first >= BUCKETS || last <= first) {
      return;
    }
    int firstBucket = (int) first;
    int lastBucket = Math.min(BUCKETS - 1, (int) last);
    if (firstBucket == lastBucket) {
      partial[firstBucket] += last - first;
      return;
    }
    partial[firstBucket] += firstBucket + 1 - first;
    partial[lastBucket] += last - lastBucket;
    whole[firstBucket + 1]++;
    whole[lastBucket]--;
  }

  double[] averages() {
    double[] averages = new double[BUCKETS];
    long open = 0;
    for (int i = 0; i < BUCKETS; i++) {
      open += whole[i];
      averages[i] = partial[i] + open;
    }
    return averages;
  }
}
