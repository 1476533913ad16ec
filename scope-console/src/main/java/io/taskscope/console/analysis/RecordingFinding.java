// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.view.Finding.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Something in a recording that someone should look at.
 *
 * @param kind what kind of thing
 * @param severity how much it matters
 * @param path the path of the scope concerned; empty when it is about the recording as a whole
 * @param sentence what it is, for people
 * @param count how many tasks, events or other things are concerned
 * @param evidence numbers by what they say
 * @param tasks examples of the tasks concerned, the worst first
 * @param stack where, the innermost frame first; empty where there is none
 */
public record RecordingFinding(
    Kind kind,
    Severity severity,
    String path,
    String sentence,
    long count,
    Map<String, String> evidence,
    List<TaskRecord> tasks,
    List<String> stack) {

  /** Keeps copies, the evidence in its order. */
  public RecordingFinding {
    evidence = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    tasks = List.copyOf(tasks);
    stack = List.copyOf(stack);
  }

  /** What is looked for. */
  public enum Kind {
    /** Tasks that were given up and still ran when the recording ended. */
    LEAKED,
    /** Tasks that were given up. */
    ABANDONED,
    /** Tasks that a shutdown had cancelled and that did not end in time. */
    STUCK,
    /** Tasks that failed, by class of the error. */
    FAILURES,
    /** Hooks that threw. */
    HOOK_FAILURES,
    /** Hooks that threw too often and were taken out. */
    QUARANTINED,
    /** Stays on a carrier that were too long. */
    SLOW_STEP,
    /** Tasks that ran for long and never let go of their carrier. */
    NEVER_YIELDS,
    /** Tasks that let go of their carrier again and again without anything to wait for. */
    BUSY_YIELDING,
    /** Tasks that were ready and waited long for a carrier. */
    LONG_QUEUE,
    /** Waits that held on to their carrier. */
    PINNED,
    /** Where the tasks of a scope waited longest. */
    COMMON_WAIT,
    /** Live tasks whose creator has ended. */
    ORPHAN,
    /** What is shown is not everything. */
    INCOMPLETE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** {@return the name in JSON and pages} */
    public String label() {
      return label;
    }
  }
}
