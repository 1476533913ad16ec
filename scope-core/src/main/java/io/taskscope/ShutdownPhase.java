// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Locale;

/**
 * A phase in the shutdown of one scope, in this order. A phase with nothing to do is not entered.
 */
public enum ShutdownPhase {
  /** Waiting for the tasks inside to end by themselves. */
  DRAIN,
  /** What was left has been interrupted; waiting for it to end. */
  CANCEL,
  /** Closing the resources the scope owns, last opened first. */
  RESOURCES;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of the {@code phase} label and field in all telemetry: the name in lower case. */
  public String label() {
    return label;
  }
}
