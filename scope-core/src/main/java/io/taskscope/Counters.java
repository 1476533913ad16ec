// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A counter for each constant of an enum. They only grow, and many threads raise them at once: each
 * is spread over rows a cache line pair apart, and the caller says which row.
 *
 * <p>In place of {@link java.util.concurrent.atomic.LongAdder}, which finds its row by a random
 * number kept in the thread: for a virtual thread that lives for one task, making that number costs
 * more than the counting.
 *
 * @param <K> what is counted apart; at most 16 constants
 */
@SuppressWarnings("EnumOrdinal") // the place of a counter in its row, which nobody else sees
final class Counters<K extends Enum<K>> {
  /** Beyond this many rows the memory is better spent elsewhere. */
  private static final int MAX_ROWS = 8;

  private static final int ROWS =
      Integer.highestOneBit(
          Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 2, MAX_ROWS));

  /** Two cache lines, because processors fetch them in pairs. */
  private static final int ROW_LENGTH = 16;

  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] cells;
  private final int lastRow;

  private Counters(int rows, int rowLength) {
    cells = new long[rows * rowLength];
    lastRow = rows - 1;
  }

  /** For what many threads count at once. */
  static <K extends Enum<K>> Counters<K> spread() {
    return new Counters<>(ROWS, ROW_LENGTH);
  }

  /** For what is short-lived: no more memory than the numbers take. */
  static <K extends Enum<K>> Counters<K> compact(int counters) {
    return new Counters<>(1, counters);
  }

  /**
   * Raises a counter by one.
   *
   * @param spreading any number that differs between threads that count at the same time
   * @return how often it has been raised in the same row
   */
  long increment(K counter, long spreading) {
    int row = (int) spreading & lastRow;
    return (long) CELL.getAndAdd(cells, row * ROW_LENGTH + counter.ordinal(), 1L) + 1;
  }

  /** The count; exact when nobody counts, and never too high. */
  long sum(K counter) {
    long sum = 0;
    for (int at = counter.ordinal(); at < cells.length; at += ROW_LENGTH) {
      sum += (long) CELL.getVolatile(cells, at);
      if (lastRow == 0) {
        break;
      }
    }
    return sum;
  }
}
