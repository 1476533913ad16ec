// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import io.taskscope.ScopeState;
import io.taskscope.TaskOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * All scopes that share one path, added up. Counters only grow, also when a scope closes and
 * another one opens on the same path; a path is gone from the statistics when no scope can come
 * back to it soon: when its last long-lived scope, or for block-form scopes the last scope above
 * it, has closed.
 *
 * @param path such as {@code /web/app-a}; {@code (other)} for all paths beyond the limit together
 * @param parentPath the path one level up; empty for a root and for {@code (other)}
 * @param name the last segment of the path
 * @param depth 1 for a root; 0 for {@code (other)}
 * @param openScopes scopes on this path that are not closed
 * @param longLived whether scopes of this path were made by {@code root} or {@code child}, not by
 *     {@code open}
 * @param live live tasks
 * @param started started tasks, by origin; every origin is present
 * @param finished ended tasks, by outcome
 * @param states open scopes by state; every state is present
 * @param oldestTask the age of the oldest live task; zero when there is none
 * @param shutdownDeadline the latest time at which a shutdown under way will be over
 * @param steps where the tasks' time went; empty without the agent
 */
public record PathStatistics(
    String path,
    String parentPath,
    String name,
    int depth,
    long openScopes,
    boolean longLived,
    long live,
    Map<TaskOrigin, Long> started,
    OutcomeCounts finished,
    Map<ScopeState, Long> states,
    Duration oldestTask,
    Optional<Instant> shutdownDeadline,
    Optional<StepStatistics> steps) {

  /** The path under which everything beyond the limit of distinct paths is counted. */
  public static final String OTHER = "(other)";

  /** Keeps immutable copies of the maps. */
  public PathStatistics {
    started = Map.copyOf(started);
    states = Map.copyOf(states);
  }
}
