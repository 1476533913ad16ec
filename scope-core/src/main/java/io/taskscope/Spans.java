// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.Objects;

/**
 * Which tasks of a subtree are worth a span, for a tracing hook to follow; see {@link
 * ScopeOptions#spans}. The tree itself knows no tracing.
 *
 * @param which the kind of choice
 * @param slowerThan for {@link Which#SLOW} the shortest duration worth a span; zero otherwise
 */
public record Spans(Which which, Duration slowerThan) {
  /** The kinds of choice. */
  public enum Which {
    /** Every task. */
    ALL,
    /** None. */
    NONE,
    /** Tasks that failed. */
    FAILED,
    /** Tasks that took at least {@link Spans#slowerThan}, and those that failed. */
    SLOW
  }

  /** A span for every task; the default. */
  public static final Spans ON = new Spans(Which.ALL, Duration.ZERO);

  /** No spans; tasks below still get the context of the span around them. */
  public static final Spans OFF = new Spans(Which.NONE, Duration.ZERO);

  /** Only failed tasks. */
  public static final Spans FAILED_ONLY = new Spans(Which.FAILED, Duration.ZERO);

  /** Checks that the limit is given where it is meant. */
  public Spans {
    Objects.requireNonNull(which, "which");
    if (slowerThan.isNegative() || (which == Which.SLOW) == slowerThan.isZero()) {
      throw new IllegalArgumentException(
          "spans(%s): slowerThan must be %s, but is %s"
              .formatted(which, which == Which.SLOW ? "longer than zero" : "zero", slowerThan));
    }
  }

  /**
   * Only tasks that take at least this long, and those that fail.
   *
   * @throws IllegalArgumentException if zero or negative
   */
  public static Spans slowerThan(Duration limit) {
    return new Spans(Which.SLOW, limit);
  }
}
