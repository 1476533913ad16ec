// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.Arrays;

/**
 * Orders the rows of batches by time, with arrays kept from one to the next. A radix sort: the
 * times in a batch lie so near each other that three passes are enough. For one thread.
 */
final class RowOrder {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private long[] keys = new long[0];
  private long[] spare = new long[0];
  private final int[] places = new int[DIGITS];

  /**
   * Orders by ascending time; those of one time stay as they were.
   *
   * @param times of the rows, at least {@code first} and at most {@code last}; the first {@code
   *     count} count
   * @return the index of the earliest row, of the next one and so on
   */
  int[] of(long[] times, int count, long first, long last) {
    int indexBits = 32 - Integer.numberOfLeadingZeros(Math.max(1, count - 1));
    int timeBits = 64 - Long.numberOfLeadingZeros(last - first);
    // Only a broken file needs more: times so far apart that nanoseconds do not matter.
    int lostBits = Math.max(0, timeBits - (64 - indexBits));
    if (keys.length < count) {
      keys = new long[count];
      spare = new long[count];
    }
    // Time and index in one number, so that numbers are sorted and not objects.
    for (int i = 0; i < count; i++) {
      keys[i] = (times[i] - first) >>> lostBits << indexBits | i;
    }
    for (int shift = indexBits; shift < indexBits + timeBits - lostBits; shift += DIGIT_BITS) {
      pass(count, shift);
    }
    int[] order = new int[count];
    int mask = (1 << indexBits) - 1;
    for (int i = 0; i < count; i++) {
      order[i] = (int) keys[i] & mask;
    }
    return order;
  }

  /** Orders by one digit, and keeps the order of those that have the same. */
  private void pass(int count, int shift) {
    long[] from = keys;
    long[] to = spare;
    int[] place = places;
    Arrays.fill(place, 0);
    for (int i = 0; i < count; i++) {
      place[(int) (from[i] >>> shift) & (DIGITS - 1)]++;
    }
    int next = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
      int many = place[digit];
      place[digit] = next;
      next += many;
    }
    for (int i = 0; i < count; i++) {
      long key = from[i];
      to[place[(int) (key >>> shift) & (DIGITS - 1)]++] = key;
    }
    keys = to;
    spare = from;
  }
}
