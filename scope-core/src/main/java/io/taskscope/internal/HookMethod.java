// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import io.taskscope.ParkReason;
import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.StepHook;
import io.taskscope.hook.TaskHook;

/** The methods of {@link TaskHook} and {@link StepHook}. */
enum HookMethod {
  SCOPE_OPENED("scopeOpened", TaskScope.class),
  BLOCK_LEFT("blockLeft", TaskScope.class),
  SCOPE_CLOSING("scopeClosing", TaskScope.class),
  PHASE_STARTED("phaseStarted", TaskScope.class, ShutdownPhase.class),
  PHASE_ENDED("phaseEnded", TaskScope.class, ShutdownReport.Phase.class),
  SCOPE_CLOSED("scopeClosed", TaskScope.class),
  TASK_CREATED("taskCreated", Task.class),
  TASK_STARTED("taskStarted", Task.class),
  TASK_FINISHED("taskFinished", Task.class),
  TASK_ABANDONED("taskAbandoned", Task.class),
  STEP_STARTED("stepStarted", Task.class, long.class),
  STEP_ENDED("stepEnded", Task.class, long.class, ParkReason.class),
  PARK_ENDED("parkEnded", Task.class, long.class, ParkReason.class);

  final String methodName;
  private final Class<?>[] parameters;

  HookMethod(String methodName, Class<?>... parameters) {
    this.methodName = methodName;
    this.parameters = parameters;
  }

  /** Whether the hook does anything in this method; asked once, at registration. */
  boolean isOverriddenBy(TaskHook hook) {
    if (isOfStep() && !(hook instanceof StepHook)) {
      return false;
    }
    try {
      return hook.getClass().getMethod(methodName, parameters).getDeclaringClass()
          != (isOfStep() ? StepHook.class : TaskHook.class);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(methodName + " is a method of every TaskHook", e);
    }
  }

  /** Whether it may be called in the middle of a thread switch. */
  boolean isOfStep() {
    return compareTo(STEP_STARTED) >= 0;
  }

  /** Methods that close a bracket are called in the opposite order. */
  boolean isClosing() {
    return this == BLOCK_LEFT
        || this == PHASE_ENDED
        || this == SCOPE_CLOSED
        || this == TASK_FINISHED
        || this == STEP_ENDED;
  }
}
