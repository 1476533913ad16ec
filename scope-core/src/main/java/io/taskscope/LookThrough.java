// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.TimeUnit;

/**
 * When a shutdown looks through the scopes inside it. Each one that closes and each task that
 * leaves is a reason, and with very many that would take time which grows with their square: many
 * are looked through again when half of those that were there have closed. Used by the engine's
 * thread.
 */
final class LookThrough {
  /** But at least this often, should one have gone away in another way than by closing. */
  static final long AT_LEAST = TimeUnit.MILLISECONDS.toNanos(50);

  /** More scopes than these are many. */
  private static final int FEW = 16;

  private int closed; // since the last look
  private int closedForNext;
  private long nextAt; // by the real clock

  boolean isDue() {
    return closed >= closedForNext || System.nanoTime() - nextAt >= 0;
  }

  /**
   * They have been looked through.
   *
   * @return whether they are many, and the next look must be seen to
   */
  boolean found(int scopes) {
    boolean many = scopes > FEW;
    closed = 0;
    closedForNext = many ? scopes / 2 : 0;
    nextAt = System.nanoTime() + AT_LEAST;
    return many;
  }

  /** One of them has closed. */
  void hasClosed() {
    closed++;
  }
}
