// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * What the tasks of one path, live or not, have spent lately, and what that tells.
 *
 * @param span how long ago "lately" begins; this and all times are nanoseconds
 * @param queued ready, and waiting for someone to run them
 * @param running on a processor
 * @param parked waiting for something else
 * @param pinned of that, holding on to a carrier
 * @param pinnedWaits how often they did
 * @param yields steps that ended because the task let others go first
 * @param steps all steps
 * @param slow steps over the limit, on a carrier
 * @param neverYielded tasks that hardly ever let go of their carrier
 */
record RecentSteps(
    long span,
    long queued,
    long running,
    long parked,
    long pinned,
    long pinnedWaits,
    long yields,
    long steps,
    long slow,
    long neverYielded) {
  private static final double QUEUE_SHARE = 0.1;
  private static final long QUEUE_MEAN = 1_000_000;
  private static final long QUEUE_IN_ALL = 100_000_000;
  private static final long PINNED_IN_ALL = 20_000_000;
  private static final long MANY_YIELDS = 1_000;

  /** How much of their time they were queued, from 0 to 1. */
  double queueShare() {
    long total = queued + running + parked;
    return total == 0 ? 0 : (double) queued / total;
  }

  /** How long they were queued before each step. */
  long queueMean() {
    return steps == 0 ? 0 : queued / steps;
  }

  /** A tenth of the time and a millisecond each time, and not just at the start of a few tasks. */
  boolean hasLongQueue() {
    return queueShare() >= QUEUE_SHARE && queueMean() >= QUEUE_MEAN && queued >= QUEUE_IN_ALL;
  }

  boolean isPinned() {
    return pinned >= PINNED_IN_ALL;
  }

  /** Most steps end with a yield, and there are many: somebody polls. */
  boolean isBusyYielding() {
    return yields >= MANY_YIELDS && yields * 2 > steps;
  }
}
