// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import java.util.List;

/**
 * Statistics of every path in this JVM.
 *
 * @param paths one entry per path, sorted by path
 * @param overflowed how many scopes were counted under {@link PathStatistics#OTHER} because there
 *     were too many distinct paths
 * @param completionsDropped how many completions were lost in all {@link io.taskscope.Completions}
 *     because nobody read fast enough
 * @param agent what the agent does
 */
public record Statistics(
    List<PathStatistics> paths, long overflowed, long completionsDropped, AgentStatus agent) {
  /** Keeps an immutable copy of the list. */
  public Statistics {
    paths = List.copyOf(paths);
  }
}
