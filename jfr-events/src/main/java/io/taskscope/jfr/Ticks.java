// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

/**
 * How fast the recorder's clock goes, which no public method tells: measured against {@link
 * System#nanoTime}, roughly when first needed, and better the longer the thread of {@link
 * DeferredEvents} has been looking at both. Takes no lock; a race costs precision for a moment.
 */
final class Ticks {
  private static final TaskStepEvent CLOCK = new TaskStepEvent();
  private static final long ROUGH_NANOS = 50_000;
  private static final long GOOD_NANOS = 60_000_000_000L;

  private static volatile double perNano; // 0 until measured

  // The readings that the better measurement began with; by the thread of DeferredEvents only.
  private static long firstNanos;
  private static long firstTicks;

  private Ticks() {}

  /** Ticks in a nanosecond. The first call takes a twentieth of a millisecond, once. */
  static double perNano() {
    double known = perNano;
    return known != 0 ? known : roughly();
  }

  private static double roughly() {
    long nanos = System.nanoTime();
    long ticks = TaskStepEvent.TIMES.now(CLOCK);
    long passed;
    do {
      passed = System.nanoTime() - nanos;
    } while (passed < ROUGH_NANOS);
    double measured = (double) (TaskStepEvent.TIMES.now(CLOCK) - ticks) / passed;
    if (measured <= 0) { // no recording has run yet, and nothing will be written
      return 1;
    }
    perNano = measured;
    return measured;
  }

  /** Has another look. */
  static void refine() {
    long nanos = System.nanoTime();
    long ticks = TaskStepEvent.TIMES.now(CLOCK);
    if (ticks == 0) { // no recording has run yet, and the clock cannot be read
      return;
    }
    if (firstTicks == 0) {
      firstNanos = nanos;
      firstTicks = ticks;
    } else if (nanos - firstNanos > ROUGH_NANOS && nanos - firstNanos < GOOD_NANOS) {
      perNano = (double) (ticks - firstTicks) / (nanos - firstNanos);
    }
  }
}
