// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import io.taskscope.ParkReason;
import io.taskscope.TaskState;
import java.time.Duration;
import java.util.Map;

/**
 * Where the time of the tasks of one path went, as the agent has measured it. Totals include what
 * live tasks have spent so far, and only grow.
 *
 * @param queued time runnable and waiting for a carrier
 * @param running time on a carrier
 * @param parked time waiting for something, the sum of {@code parkedBy}
 * @param parkedBy the same by what was waited for; every reason is present
 * @param parks how often tasks waited, by reason; every reason is present
 * @param steps how often tasks were put on a carrier
 * @param slowSteps steps longer than the limit
 * @param live live tasks by where they stand; {@code QUEUED}, {@code RUNNING} and {@code PARKED}
 *     are present
 */
public record StepStatistics(
    Duration queued,
    Duration running,
    Duration parked,
    Map<ParkReason, Duration> parkedBy,
    Map<ParkReason, Long> parks,
    long steps,
    long slowSteps,
    Map<TaskState, Long> live) {

  /** Keeps immutable copies of the maps. */
  public StepStatistics {
    parkedBy = Map.copyOf(parkedBy);
    parks = Map.copyOf(parks);
    live = Map.copyOf(live);
  }
}
