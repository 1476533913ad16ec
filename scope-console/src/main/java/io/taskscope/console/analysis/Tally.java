// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

/** How often something was, how long in all and at most, and how many bytes it moved. */
public final class Tally {
  private long count;
  private long nanos;
  private long max;
  private long bytes;

  /** Nothing yet. */
  Tally() {}

  void add(long span, long moved) {
    count++;
    nanos += span;
    max = Math.max(max, span);
    bytes += moved;
  }

  /** {@return how often} */
  public long count() {
    return count;
  }

  /** {@return the sum, in nanoseconds} */
  public long nanos() {
    return nanos;
  }

  /** {@return the longest, in nanoseconds} */
  public long max() {
    return max;
  }

  /** {@return bytes} */
  public long bytes() {
    return bytes;
  }
}
