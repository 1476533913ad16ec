// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.jspecify.annotations.Nullable;

/** What has been added up of the steps of one task. To be read of settled steps only. */
@SuppressWarnings("EnumOrdinal") // arrays by reason: nothing may be allocated in a switch
abstract sealed class StepSums permits Steps {
  static final int REASONS = ParkReason.values().length;

  /** A task that runs this long at a time, on average, keeps a carrier for itself. */
  static final long NEVER_YIELDS_NANOS = 1_000_000_000;

  long queued; // without the wait for its beginning
  long running;
  long longest;
  long steps;
  long slow;
  boolean onCarrier; // what runs on a platform thread keeps nobody else from running
  long @Nullable [] parks; // parked nanoseconds by reason, then how often by reason

  final void copySums(StepSums other) {
    queued = other.queued;
    running = other.running;
    longest = other.longest;
    steps = other.steps;
    slow = other.slow;
    onCarrier = other.onCarrier;
    long[] perReason = other.parks;
    parks = perReason == null ? null : perReason.clone();
  }

  final long queuedNanos() {
    return queued;
  }

  final long runningNanos() {
    return running;
  }

  final long parkedNanos() {
    long sum = 0;
    for (int i = 0; parks != null && i < REASONS; i++) {
      sum += parks[i];
    }
    return sum;
  }

  final long parkedNanos(ParkReason why) {
    return parks == null ? 0 : parks[why.ordinal()];
  }

  final long parks(ParkReason why) {
    return parks == null ? 0 : parks[REASONS + why.ordinal()];
  }

  /** How often it waited for something; a yield waits for nothing. */
  final long waits() {
    long sum = 0;
    for (int i = 0; parks != null && i < REASONS; i++) {
      sum += i == ParkReason.YIELD.ordinal() ? 0 : parks[REASONS + i];
    }
    return sum;
  }

  final long steps() {
    return steps;
  }

  final long slowSteps() {
    return slow;
  }

  final long longestNanos() {
    return longest;
  }

  /**
   * Whether its mean step is so long that other tasks cannot count on its carrier. Time of tasks
   * that it has called is in its running time, and not in its longest step.
   */
  final boolean neverYields() {
    return onCarrier && longest >= NEVER_YIELDS_NANOS && running / steps >= NEVER_YIELDS_NANOS;
  }
}
