// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.Arrays;

/**
 * Some events of one chunk, each a row of numbers, in the order in which they ended. Times are
 * nanoseconds since 1970, spans nanoseconds, texts numbers of {@link Names}, classes and stacks
 * keys of the {@link Constants}. For one thread at a time.
 */
public final class Batch {
  /** Place of the time at which the event began. */
  public static final int START = 1;

  /** Place of how long it lasted; 0 for an instant. */
  public static final int DURATION = 2;

  /** Place of the number of the thread; 0 for none. */
  public static final int THREAD = 3;

  /** Place of the key of the stack; 0 for none. */
  public static final int STACK = 4;

  /** Place of the first field of {@link EventKind}, the others follow in its order. */
  public static final int FIRST_FIELD = 5;

  /**
   * Enough for the half million events of a chunk of the usual 12 MB, since threads write theirs at
   * any time up to its end, and little enough for several batches at a time.
   */
  private static final int MAX_CELLS = 1 << 22;

  private final ChunkHeader chunk;
  private final Constants constants;
  private long[] cells;
  private int used;
  private int[] rows = new int[1 << 11];
  private int count;

  /**
   * @param cells of an earlier batch, that need not be empty
   */
  Batch(ChunkHeader chunk, Constants constants, long[] cells) {
    this.cells = cells;
    this.chunk = chunk;
    this.constants = constants;
  }

  ChunkHeader chunk() {
    return chunk;
  }

  /** {@return what the keys in the rows mean} */
  public Constants constants() {
    return constants;
  }

  /** {@return the number of events} */
  public int size() {
    return count;
  }

  boolean isFull() {
    return used > MAX_CELLS - EventKind.MAX_WIDTH;
  }

  /** Begins a row, whose other cells are to be filled; {@link #commit} keeps it. */
  int newRow(EventKind kind) {
    int width = kind.width();
    if (used + width > cells.length) {
      cells = Arrays.copyOf(cells, Math.min(MAX_CELLS, cells.length * 4));
    }
    cells[used] = kind.number();
    return used;
  }

  /** The cells of all rows; another array after the next {@link #newRow}. */
  long[] cells() {
    return cells;
  }

  void commit(int row, int width) {
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, rows.length * 2);
    }
    rows[count++] = row;
    used = row + width;
  }

  /** Orders the rows by the time at which they ended; those of one instant stay as they were. */
  void sort(RowOrder order) {
    long[] ends = new long[count];
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    boolean sorted = true;
    for (int i = 0; i < count; i++) {
      long end = end(rows[i]);
      sorted &= end >= last;
      first = Math.min(first, end);
      last = Math.max(last, end);
      ends[i] = end;
    }
    if (sorted) {
      return;
    }
    int[] ordered = order.of(ends, count, first, last);
    for (int i = 0; i < count; i++) {
      ordered[i] = rows[ordered[i]];
    }
    rows = ordered;
  }

  private long end(int row) {
    return cells[row + START] + cells[row + DURATION];
  }

  /**
   * {@return the kind of an event}
   *
   * @param index from 0 to below {@link #size}
   */
  public EventKind kind(int index) {
    return EventKind.numbered(cells[rows[index]]);
  }

  /**
   * {@return a number of an event}
   *
   * @param index from 0 to below {@link #size}
   * @param slot its place
   */
  public long get(int index, int slot) {
    return cells[rows[index] + slot];
  }

  /**
   * {@return when an event ended, in nanoseconds since 1970}
   *
   * @param index from 0 to below {@link #size}
   */
  public long endOf(int index) {
    return end(rows[index]);
  }
}
