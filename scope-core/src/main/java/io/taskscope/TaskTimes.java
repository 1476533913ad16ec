// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;

/**
 * Where the time of a task went, up to its end or, while it lives, up to the moment it was asked.
 *
 * <p>Without the agent the JVM does not tell when a thread waits: then {@code running} is all the
 * time since the body began, {@code parked} is zero, and {@code steps} and {@code parks} are zero.
 *
 * @param age from creation to its end, or to now
 * @param queued waiting for a processor: from creation to the first run, and with the agent after
 *     each park
 * @param running on a processor
 * @param parked waiting for something else than a processor
 * @param startDelay from creation to the first run, or to now if it has not begun
 * @param longestStep the longest uninterrupted time on a processor; zero when not measured
 * @param steps how often it was put on a processor; 0 when not measured
 * @param parks how often it waited; 0 when not measured
 */
public record TaskTimes(
    Duration age,
    Duration queued,
    Duration running,
    Duration parked,
    Duration startDelay,
    Duration longestStep,
    long steps,
    long parks) {

  /** Without the agent: from the three moments that are known, by {@link System#nanoTime}. */
  static TaskTimes of(long created, long started, long until) {
    long begun = Math.clamp(started, created, Math.max(created, until));
    Duration delay = Duration.ofNanos(begun - created);
    return new TaskTimes(
        Duration.ofNanos(until - created),
        delay,
        Duration.ofNanos(until - begun),
        Duration.ZERO,
        delay,
        Duration.ZERO,
        0,
        0);
  }
}
