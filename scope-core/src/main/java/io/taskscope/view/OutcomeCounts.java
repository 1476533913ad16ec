// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import io.taskscope.Outcome;
import java.util.function.ToLongFunction;

/**
 * How many tasks ended in which way.
 *
 * @param success bodies that returned
 * @param failure bodies that threw
 * @param cancelled tasks cancelled before or while they ran
 * @param abandoned tasks given up because they ignored their interrupt
 */
public record OutcomeCounts(long success, long failure, long cancelled, long abandoned) {
  /** No task at all. */
  public static final OutcomeCounts NONE = new OutcomeCounts(0, 0, 0, 0);

  /** What the function says of each kind. */
  public static OutcomeCounts of(ToLongFunction<Outcome.Kind> count) {
    return new OutcomeCounts(
        count.applyAsLong(Outcome.Kind.SUCCESS),
        count.applyAsLong(Outcome.Kind.FAILURE),
        count.applyAsLong(Outcome.Kind.CANCELLED),
        count.applyAsLong(Outcome.Kind.ABANDONED));
  }

  /** All ended tasks together. */
  public long total() {
    return success + failure + cancelled + abandoned;
  }

  /** The count of one kind. */
  public long of(Outcome.Kind kind) {
    return switch (kind) {
      case SUCCESS -> success;
      case FAILURE -> failure;
      case CANCELLED -> cancelled;
      case ABANDONED -> abandoned;
    };
  }

  /** These counts and those of {@code other}. */
  public OutcomeCounts plus(OutcomeCounts other) {
    return new OutcomeCounts(
        success + other.success,
        failure + other.failure,
        cancelled + other.cancelled,
        abandoned + other.abandoned);
  }

  /** What was added since {@code earlier}. */
  public OutcomeCounts minus(OutcomeCounts earlier) {
    return new OutcomeCounts(
        success - earlier.success,
        failure - earlier.failure,
        cancelled - earlier.cancelled,
        abandoned - earlier.abandoned);
  }
}
