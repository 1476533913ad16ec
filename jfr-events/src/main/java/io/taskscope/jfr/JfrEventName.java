// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

/** The events this module writes; the only place in code where their names stand. */
public enum JfrEventName {
  /** One task from the beginning of its body to the end. */
  TASK(Literal.TASK),
  /** The body of a task begins. */
  TASK_START(Literal.TASK_START),
  /** A task that lives when a chunk of the recording begins. */
  TASK_LIVE(Literal.TASK_LIVE),
  /** One stay of a task on a carrier. */
  TASK_STEP(Literal.TASK_STEP),
  /** A task waited at {@code LockSupport} or slept. */
  TASK_PARK(Literal.TASK_PARK),
  /** A task waited for a monitor. */
  TASK_MONITOR_WAIT(Literal.TASK_MONITOR_WAIT),
  /** The counts of one scope. */
  SCOPE(Literal.SCOPE),
  /** One phase of the shutdown of one scope. */
  SHUTDOWN(Literal.SHUTDOWN),
  /** A task was given up. */
  TASK_ABANDONED(Literal.TASK_ABANDONED),
  /** A hook has thrown. */
  HOOK_FAILURE(Literal.HOOK_FAILURE),
  /** What this JVM measures, and what is missing in the recording. */
  STATUS(Literal.STATUS);

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
    static final String TASK_LIVE = "taskscope.TaskLive";
    static final String TASK_STEP = "taskscope.TaskStep";
    static final String TASK_PARK = "taskscope.TaskPark";
    static final String TASK_MONITOR_WAIT = "taskscope.TaskMonitorWait";
    static final String SCOPE = "taskscope.Scope";
    static final String SHUTDOWN = "taskscope.Shutdown";
    static final String TASK_ABANDONED = "taskscope.TaskAbandoned";
    static final String HOOK_FAILURE = "taskscope.HookFailure";
    static final String STATUS = "taskscope.Status";
    static final String CATEGORY = "Taskscope";

    private Literal() {}
  }
}
