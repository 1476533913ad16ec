// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import org.jspecify.annotations.Nullable;

/**
 * Spans of time, from which quantiles are read with an error of at most 1.6 %: 64 classes of equal
 * width between each power of two and the next, as in HdrHistogram. Of fixed size. For one thread.
 */
public final class Histogram {
  private static final int SUB_BITS = 6;
  private static final int SUBS = 1 << SUB_BITS;
  private static final int CLASSES = (64 - SUB_BITS) * SUBS;

  private int @Nullable [] counts; // made when first needed
  private long count;
  private long sum;
  private long max;

  /** No spans. */
  Histogram() {}

  void add(long nanos) {
    long value = Math.max(0, nanos);
    int[] classes = counts;
    if (classes == null) {
      classes = new int[CLASSES];
      counts = classes;
    }
    int index = index(value);
    if (classes[index] < Integer.MAX_VALUE) {
      classes[index]++;
    }
    count++;
    sum += value;
    max = Math.max(max, value);
  }

  private static int index(long value) {
    if (value < SUBS) {
      return (int) value;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(value) - SUB_BITS;
    return exponent * SUBS + (int) (value >>> exponent);
  }

  /** {@return the number of spans} */
  public long count() {
    return count;
  }

  /** {@return the sum of all, in nanoseconds} */
  public long sum() {
    return sum;
  }

  /** {@return the longest, in nanoseconds} */
  public long max() {
    return max;
  }

  /** {@return the mean, in nanoseconds; 0 for none} */
  public long mean() {
    return count == 0 ? 0 : sum / count;
  }

  /**
   * {@return the span that the share of all does not exceed, in nanoseconds; 0 for none}
   *
   * @param share from 0 to 1
   */
  public long quantile(double share) {
    int[] classes = counts;
    if (classes == null) {
      return 0;
    }
    long wanted = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int i = 0; i < classes.length; i++) {
      seen += classes[i];
      if (seen >= wanted) {
        return Math.min(max, middle(i));
      }
    }
    return max;
  }

  private static long middle(int index) {
    if (index < 2 * SUBS) {
      return index;
    }
    int exponent = index / SUBS - 1;
    long low = (long) (SUBS + index % SUBS) << exponent;
    return low + (1L << exponent) / 2;
  }
}
