// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Values made by key, up to a limit; beyond it all keys share one value. For one thread. */
final class Bounded<K, V> {
  private final int limit;
  private final Function<K, V> make;
  private final K rest;
  private final Map<K, V> values = new HashMap<>();
  private long overflowed;

  /**
   * @param rest the key that stands for all beyond the limit
   */
  Bounded(int limit, K rest, Function<K, V> make) {
    this.limit = limit;
    this.rest = rest;
    this.make = make;
  }

  V get(K key) {
    V value = values.get(key);
    if (value != null) {
      return value;
    }
    if (values.size() >= limit) {
      overflowed++;
      return values.computeIfAbsent(rest, make);
    }
    V made = make.apply(key);
    values.put(key, made);
    return made;
  }

  Map<K, V> all() {
    return values;
  }

  Collection<V> values() {
    return values.values();
  }

  /** How often a key had no place. */
  long overflowed() {
    return overflowed;
  }
}
