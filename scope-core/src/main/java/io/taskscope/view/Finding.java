// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import java.util.List;
import java.util.Locale;

/**
 * Something that someone should look at, found by looking at the tree.
 *
 * @param kind what kind of thing
 * @param severity how much it matters
 * @param path the path of the scope concerned; empty when it is about the JVM as a whole
 * @param sentence what it is, for people
 * @param tasks the tasks concerned, the oldest first, at most 20
 * @param count how many tasks, or other things, are concerned
 */
public record Finding(
    Kind kind, Severity severity, String path, String sentence, List<TaskView> tasks, long count) {

  /** Keeps an immutable copy of the list. */
  public Finding {
    tasks = List.copyOf(tasks);
  }

  /** How much a finding matters, from most to least. */
  public enum Severity {
    /** Something is broken. */
    ERROR,
    /** Something is likely to be broken, or soon will be. */
    WARNING,
    /** Worth knowing. */
    INFO
  }

  /** What is looked for. */
  public enum Kind {
    /** A task was abandoned by its scope, and its thread still goes on. */
    LEAKED,
    /** A task was cancelled a while ago and has not ended: it ignores its interrupt. */
    STUCK,
    /** A block that was never closed, and the thread that opened it has ended. */
    UNCLOSED,
    /** A live task whose creator has ended. */
    ORPHAN,
    /** Steps that were too long, and kept a carrier from other tasks; with the agent. */
    SLOW_STEP,
    /** A task that runs for long at a time, and so keeps a carrier for itself; with the agent. */
    NEVER_YIELDS,
    /** Tasks were ready, and waited long for somebody to run them; with the agent. */
    LONG_QUEUE,
    /** Waits that held on to their carrier; with the agent. */
    PINNED,
    /** Tasks let others go first again and again, with nothing to wait for; with the agent. */
    BUSY_YIELDING,
    /** A hook failed too often and was taken out: its telemetry is missing. */
    QUARANTINED,
    /** Something was not counted or not kept: what is shown is not everything. */
    INCOMPLETE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The value of the {@code finding} label in all telemetry: the name in lower case. */
    public String label() {
      return label;
    }
  }
}
