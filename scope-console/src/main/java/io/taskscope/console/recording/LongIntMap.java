// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.Arrays;

/** Numbers by number, without an object for each; values are at least 0. For one thread. */
public final class LongIntMap {
  /** What {@link #get} answers for a key without value. */
  public static final int ABSENT = -1;

  private long[] keys;
  private int[] values;
  private int size;

  /** An empty map. */
  public LongIntMap() {
    this(64);
  }

  LongIntMap(int capacity) {
    keys = new long[capacity];
    values = new int[capacity];
    Arrays.fill(values, ABSENT);
  }

  /**
   * {@return the value of the key, or {@link #ABSENT}}
   *
   * @param key any number
   */
  public int get(long key) {
    return values[slot(key)];
  }

  /**
   * Sets the value of a key.
   *
   * @param key any number
   * @param value at least 0
   */
  public void put(long key, int value) {
    int slot = slot(key);
    if (values[slot] == ABSENT) {
      keys[slot] = key;
      size++;
      values[slot] = value;
      if (size > keys.length / 2) {
        grow();
      }
    } else {
      values[slot] = value;
    }
  }

  /** {@return how many keys have a value} */
  public int size() {
    return size;
  }

  void clear() {
    if (size > 0) {
      Arrays.fill(values, ABSENT);
      size = 0;
    }
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (values[slot] != ABSENT && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[oldKeys.length * 2];
    Arrays.fill(values, ABSENT);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != ABSENT) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
