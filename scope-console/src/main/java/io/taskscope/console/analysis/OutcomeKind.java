// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.Locale;

/** How a task ended. */
public enum OutcomeKind {
  /** Its body returned. */
  SUCCESS,
  /** Its body threw. */
  FAILURE,
  /** It was cancelled. */
  CANCELLED,
  /** It was given up. */
  ABANDONED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** {@return the name in recordings} */
  public String label() {
    return label;
  }

  static OutcomeKind of(String label) {
    for (OutcomeKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    return SUCCESS;
  }
}
