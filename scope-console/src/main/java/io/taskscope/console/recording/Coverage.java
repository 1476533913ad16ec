// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.List;
import java.util.Map;

/**
 * What was read of a recording, and what could not be.
 *
 * @param bytes of the file
 * @param chunks that were read, at least in part
 * @param startNanos when the recording began, in nanoseconds since 1970
 * @param endNanos when it ended
 * @param events how many events there were, by name of the event, of all types
 * @param eventTypes the names of the events by the number of their type
 * @param brokenEvents events that made no sense
 * @param unresolved references to stacks, methods, classes or texts that lead to no value
 * @param lostBytes bytes in which no events could be found
 * @param problems what is wrong with the file, a sentence each; empty for a sound one
 */
public record Coverage(
    long bytes,
    int chunks,
    long startNanos,
    long endNanos,
    Map<String, Long> events,
    Map<Long, String> eventTypes,
    long brokenEvents,
    long unresolved,
    long lostBytes,
    List<String> problems) {
  /** Keeps immutable copies. */
  public Coverage {
    events = Map.copyOf(events);
    eventTypes = Map.copyOf(eventTypes);
    problems = List.copyOf(problems);
  }

  /** {@return whether all of the file could be read} */
  public boolean complete() {
    return problems.isEmpty();
  }

  /** {@return the number of events of all types} */
  public long eventCount() {
    return events.values().stream().mapToLong(Long::longValue).sum();
  }
}
