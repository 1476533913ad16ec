// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;

/** What wins a {@link TaskScope#race}, and when its runners start. Immutable. */
public final class RaceMode {
  /**
   * The first body that returns wins. Errors are kept, and if all fail, {@link RaceFailedException}
   * has every one of them.
   */
  public static final RaceMode FIRST_SUCCESS = new RaceMode(true, 0);

  /** The first body that ends decides: what it returns is returned, what it throws is thrown. */
  public static final RaceMode FIRST_RESULT = new RaceMode(false, 0);

  private final boolean success;
  private final long staggerNanos;

  private RaceMode(boolean success, long staggerNanos) {
    this.success = success;
    this.staggerNanos = staggerNanos;
  }

  /**
   * The same, but each body starts only when the one before it has run for this long, or has
   * failed: the "Connection Attempt Delay" of RFC 8305, Happy Eyeballs. By the clock of the scope.
   *
   * @throws IllegalArgumentException if negative
   */
  public RaceMode stagger(Duration delay) {
    return new RaceMode(success, Checks.timeout("stagger", delay));
  }

  boolean needsSuccess() {
    return success;
  }

  long staggerNanos() {
    return staggerNanos;
  }

  @Override
  public String toString() {
    String mode = success ? "FIRST_SUCCESS" : "FIRST_RESULT";
    return staggerNanos == 0
        ? mode
        : mode + " staggered by " + Durations.text(Duration.ofNanos(staggerNanos));
  }
}
