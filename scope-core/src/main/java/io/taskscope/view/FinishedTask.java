// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import io.taskscope.Outcome;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskTimes;
import java.time.Instant;
import java.util.List;

/**
 * A task that has ended, out of the bounded history of a scope.
 *
 * @param id unique within the JVM's life
 * @param name low-cardinality name
 * @param path the path of its scope
 * @param origin how it came to be a member of its scope
 * @param outcome how it ended; a cancelled one says why and by whom
 * @param finishedAt when it ended
 * @param times where its time went
 * @param creators the tasks it came from, the nearest first, at most eight
 */
public record FinishedTask(
    long id,
    String name,
    String path,
    TaskOrigin origin,
    Outcome outcome,
    Instant finishedAt,
    TaskTimes times,
    List<Creator> creators) {
  /** Keeps an immutable copy of the list. */
  public FinishedTask {
    creators = List.copyOf(creators);
  }
}
