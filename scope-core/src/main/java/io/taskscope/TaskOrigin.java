// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Locale;

/** How a task came to be a member of its scope. */
public enum TaskOrigin {
  /** {@link TaskScope#spawn}: on a virtual thread of its own. */
  SPAWNED,
  /** {@link TaskScope#call}: on the thread of its caller. */
  CALLED,
  /** Started indirectly, for instance by a library, and taken in by the scope it came from. */
  ADOPTED,
  /** One tick of a timer. */
  TICK;

  private final String label = name().toLowerCase(Locale.ROOT);

  /**
   * The value of the {@code origin} label and attribute in all telemetry: the name in lower case.
   */
  public String label() {
    return label;
  }
}
