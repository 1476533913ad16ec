// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.ShutdownReport.Result;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The cancel phase of one shutdown: its tasks are interrupted, have some time to end, and are given
 * up if they do not. Used by the engine's thread.
 */
final class CancelPhase {
  /** How long tasks that are cancelled at the deadline have to end before they are given up. */
  static final long LAST_GRACE = TimeUnit.MILLISECONDS.toNanos(20);

  /** An interrupting that takes longer than this does not shorten the time tasks have to react. */
  private static final long MANY_TASKS = TimeUnit.MILLISECONDS.toNanos(10);

  /** How long tasks that end just when they would be given up have to be counted. */
  private static final long LEAVING = TimeUnit.MILLISECONDS.toNanos(10);

  private final ShutdownGroup group;
  private final ShutdownLimit limit;
  private final TaskClock clock;
  private final long cancelNanos;
  private final long began;
  private final Interrupts interrupts;
  private boolean gaveUp;
  private long gaveUpCount;
  private long leavingUntil; // by the real clock

  /** Begins to interrupt all tasks of the group. */
  CancelPhase(ScopeNode scope, ShutdownGroup group, ShutdownLimit limit, long now) {
    this.group = group;
    this.limit = limit;
    this.clock = scope.clock();
    this.cancelNanos = scope.options().cancelNanos;
    this.began = now;
    this.interrupts = group.cancel("shutdown of " + scope.path());
  }

  /** Counts from when all have been interrupted, which with very many tasks takes a while. */
  long until() {
    long took = interrupts.tookNanos();
    long interruptedAt = took < MANY_TASKS ? began : began + took;
    return ScopeShutdown.earlier(interruptedAt + cancelNanos, limit.at() + LAST_GRACE);
  }

  boolean isOver() {
    return group.isQuiet() || (gaveUp && System.nanoTime() - leavingUntil >= 0);
  }

  /**
   * Whether what is due to end, the interrupting or the counting of the last tasks, should be given
   * a moment. By the real clock: one that is set by hand may have passed the cancel timeout in one
   * step.
   */
  boolean isAboutToEnd(long now) {
    boolean mayWait = clock != TaskClock.system() || now - (limit.at() + LAST_GRACE) < 0;
    return gaveUp || (mayWait && interrupts.areOnTheirWay());
  }

  /**
   * Gives up the tasks that are left.
   *
   * @param stacksUntil the {@link System#nanoTime} from which stacks are no longer captured
   */
  List<TaskRun<?>> giveUp(long stacksUntil) {
    List<TaskRun<?>> abandoned = group.abandon(stacksUntil);
    gaveUp = true;
    gaveUpCount = abandoned.size();
    leavingUntil = System.nanoTime() + LEAVING;
    return abandoned;
  }

  long gaveUpCount() {
    return gaveUpCount;
  }

  Result result() {
    return gaveUpCount == 0 ? Result.CANCELLED : Result.ABANDONED;
  }
}
