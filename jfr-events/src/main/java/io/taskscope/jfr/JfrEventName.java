// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

/** The events this module writes; the only place in code where their names stand. */
public enum JfrEventName {
  /** One task from the beginning of its body to the end. */
  TASK(Literal.TASK),
  /** The body of a task begins. */
  TASK_START(Literal.TASK_START),
  /** The counts of one scope. */
  SCOPE(Literal.SCOPE),
  /** One phase of the shutdown of one scope. */
  SHUTDOWN(Literal.SHUTDOWN),
  /** A task was given up. */
  TASK_ABANDONED(Literal.TASK_ABANDONED);

  private final String eventName;

  JfrEventName(String eventName) {
    this.eventName = eventName;
  }

  /** {@return the name by which settings, the {@code jfr} tool and recordings know the event} */
  public String eventName() {
    return eventName;
  }

  /** The names as constants, because that is what an annotation takes. */
  static final class Literal {
    static final String TASK = "taskscope.Task";
    static final String TASK_START = "taskscope.TaskStart";
    static final String SCOPE = "taskscope.Scope";
    static final String SHUTDOWN = "taskscope.Shutdown";
    static final String TASK_ABANDONED = "taskscope.TaskAbandoned";
    static final String CATEGORY = "Taskscope";

    private Literal() {}
  }
}
