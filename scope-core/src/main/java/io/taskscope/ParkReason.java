// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Locale;

/** What a task waited for when it left its processor. Known only with the agent. */
public enum ParkReason {
  /** {@code LockSupport.park} without a time limit: most locks, queues and blocking I/O. */
  PARK,
  /** {@code LockSupport.parkNanos} and the like: the same with a time limit. */
  TIMED_PARK,
  /** {@code Thread.sleep}. */
  SLEEP,
  /** To enter a {@code synchronized} block or method. */
  MONITOR_ENTER,
  /** {@code Object.wait}, with or without a time limit. */
  OBJECT_WAIT,
  /**
   * {@code Thread.yield}: it gave way and is runnable at once, so that it is queued, not parked.
   */
  YIELD,
  /** It waited without leaving its carrier, because a native frame was on its stack. */
  PINNED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /**
   * The value of the {@code reason} label and attribute in all telemetry: the name in lower case.
   */
  public String label() {
    return label;
  }
}
