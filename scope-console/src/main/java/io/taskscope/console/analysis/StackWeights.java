// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.function.BiConsumer;

/** Weights by scope and stack, bounded. For one thread. */
final class StackWeights {
  private static final int MAX_ENTRIES = 200_000;

  private final LongMap<long[]> weights = new LongMap<>();
  private long total;
  private long overflowed;

  void add(int scope, int stack, long weight) {
    total += weight;
    long key = (long) scope << 32 | stack;
    long[] known = weights.get(key);
    if (known == null) {
      if (weights.size() >= MAX_ENTRIES) {
        overflowed++;
        key = (long) scope << 32;
        known = weights.get(key);
      }
      if (known == null) {
        known = new long[] {key, 0};
        weights.put(key, known);
      }
    }
    known[1] += weight;
  }

  long total() {
    return total;
  }

  long overflowed() {
    return overflowed;
  }

  /** Tells all weights: the number of the scope in the upper half of the key, the stack below. */
  void forEach(BiConsumer<Long, Long> consumer) {
    weights.values().forEach(weight -> consumer.accept(weight[0], weight[1]));
  }
}
