// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.diff;

import io.taskscope.Outcome;
import io.taskscope.console.analysis.ScopeTotals;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One path in two recordings.
 *
 * @param path of the scope
 * @param before its totals in the first; null if it was not there
 * @param after its totals in the second; null if it was not there
 */
public record ScopeChange(String path, @Nullable ScopeTotals before, @Nullable ScopeTotals after) {
  /** Smaller changes of the mean are said to be none: a share, and nanoseconds. */
  static final double SAME_SHARE = 0.05;

  static final long SAME_NANOS = 5_000;

  /** With fewer tasks a change may be chance. */
  static final long FEW = 30;

  /** What became of the mean duration of a task. */
  public enum Verdict {
    /** It grew. */
    SLOWER,
    /** It shrank. */
    FASTER,
    /** It did neither by more than 5 % and 5 µs. */
    SAME,
    /** No task ended there in the first recording. */
    NEW,
    /** No task ended there in the second. */
    GONE;

    /** {@return the name in texts} */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A part of the time of a task. */
  public enum Part {
    /** Waiting for a carrier. */
    QUEUED,
    /** On a carrier. */
    RUNNING,
    /** Waiting for something else. */
    PARKED;

    /** {@return the name in texts} */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@return what became of the mean} */
  public Verdict verdict() {
    if (tasks(before) == 0) {
      return Verdict.NEW;
    }
    if (tasks(after) == 0) {
      return Verdict.GONE;
    }
    long delta = meanAfter() - meanBefore();
    if (Math.abs(delta) < SAME_NANOS || Math.abs(delta) < SAME_SHARE * meanBefore()) {
      return Verdict.SAME;
    }
    return delta > 0 ? Verdict.SLOWER : Verdict.FASTER;
  }

  /** {@return the part of the time that changed most in the direction of the whole} */
  public Part part() {
    long sign = meanAfter() >= meanBefore() ? 1 : -1;
    Part most = Part.RUNNING;
    for (Part part : Part.values()) {
      if (sign * delta(part) > sign * delta(most)) {
        most = part;
      }
    }
    return most;
  }

  /** {@return whether there were so few tasks that a change may be chance} */
  public boolean few() {
    return tasks(before) < FEW || tasks(after) < FEW;
  }

  /**
   * {@return by how much the mean of a part grew, in nanoseconds per task}
   *
   * @param part of the time
   */
  public long delta(Part part) {
    return mean(after, part) - mean(before, part);
  }

  /** {@return the mean duration of a task in the first recording, in nanoseconds} */
  public long meanBefore() {
    return before == null ? 0 : before.durations().mean();
  }

  /** {@return the mean duration of a task in the second recording, in nanoseconds} */
  public long meanAfter() {
    return after == null ? 0 : after.durations().mean();
  }

  /** How much time the change is, over all tasks of the second recording. */
  long weight() {
    return Math.abs(meanAfter() - meanBefore()) * Math.max(1, tasks(after));
  }

  static long tasks(@Nullable ScopeTotals totals) {
    return totals == null ? 0 : totals.finished();
  }

  static long failures(@Nullable ScopeTotals totals) {
    return totals == null ? 0 : totals.finished(Outcome.Kind.FAILURE);
  }

  static long mean(@Nullable ScopeTotals totals, Part part) {
    if (totals == null || totals.durations().count() == 0) {
      return 0;
    }
    long sum =
        switch (part) {
          case QUEUED -> totals.queued();
          case RUNNING -> totals.running();
          case PARKED -> totals.parked();
        };
    return sum / totals.durations().count();
  }
}
