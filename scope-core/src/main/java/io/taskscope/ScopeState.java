// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Locale;

/** The life of a scope. A scope only ever moves forward through these states. */
public enum ScopeState {
  /** Accepts tasks and child scopes. */
  OPEN,
  /** Accepts tasks only from tasks that are already inside; waits for them to end. */
  DRAINING,
  /** Accepts nothing; what was left has been interrupted. */
  CANCELLING,
  /** Over. Tasks that ignored their interrupt were abandoned. */
  CLOSED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /**
   * The value of the {@code state} label and attribute in all telemetry: the name in lower case.
   */
  public String label() {
    return label;
  }
}
