// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Objects by number, without an object for each number. For one thread. */
final class LongMap<V> {
  private long[] keys = new long[64];
  private @Nullable Object[] values = new Object[64];
  private int size;

  @SuppressWarnings("unchecked") // only V is put in
  @Nullable V get(long key) {
    return (V) values[slot(key)];
  }

  void put(long key, V value) {
    int slot = slot(key);
    if (values[slot] == null) {
      keys[slot] = key;
      size++;
    }
    values[slot] = value;
    if (size > keys.length / 2) {
      grow();
    }
  }

  void remove(long key) {
    int hole = slot(key);
    if (values[hole] == null) {
      return;
    }
    values[hole] = null;
    size--;
    int mask = keys.length - 1;
    // What follows was perhaps put there only because this slot was taken.
    for (int at = (hole + 1) & mask; values[at] != null; at = (at + 1) & mask) {
      int home = home(keys[at]);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        keys[hole] = keys[at];
        values[hole] = values[at];
        values[at] = null;
        hole = at;
      }
    }
  }

  int size() {
    return size;
  }

  @SuppressWarnings("unchecked") // only V is put in
  List<V> values() {
    List<V> all = new ArrayList<>(size);
    for (Object value : values) {
      if (value != null) {
        all.add((V) value);
      }
    }
    return all;
  }

  private int home(long key) {
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & (keys.length - 1);
  }

  private int slot(long key) {
    int slot = home(key);
    while (values[slot] != null && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new Object[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
