// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * Sees to it that a task which begins on a caller's thread can also end there: where the stack is
 * all but used up, by a recursion that goes through {@code call}, it overflows here, before the
 * task is a member, and not in the midst of the bookkeeping.
 */
final class StackReserve {
  /** Times 150 bytes and more for each, compiled; interpreted it is twice that. */
  private static final int FRAMES = 64;

  private StackReserve() {}

  /**
   * Returns if there is enough.
   *
   * @throws StackOverflowError if there is not
   */
  static void check() {
    if (descend(FRAMES, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) < 0) {
      throw new AssertionError("a sum of positive numbers is negative");
    }
  }

  private static long descend(
      int left,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g,
      long h,
      long i,
      long j,
      long k,
      long l) {
    return left == 0 ? a : 1 + descend(left - 1, b, c, d, e, f, g, h, i, j, k, l, a);
  }
}
