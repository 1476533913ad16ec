// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/** What happens when it is time for a tick of a timer while the one before is still live. */
public enum OverlapPolicy {
  /** The tick is left out, and counted. The default. */
  SKIP,
  /** The tick starts all the same. */
  OVERLAP,
  /** The one before is cancelled, and the tick starts without waiting for its end. */
  CANCEL_PREVIOUS
}
