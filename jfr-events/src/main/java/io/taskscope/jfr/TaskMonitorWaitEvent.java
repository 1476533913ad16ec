// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.lang.invoke.MethodHandles;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Made in the middle of a thread switch, and committed by a thread of Taskscope a moment later;
 * therefore its event thread means nothing and it has no stack. A type of its own, because stack
 * traces are a setting of the whole type, and that of another thread would be wrong.
 */
@Name(JfrEventName.Literal.TASK_MONITOR_WAIT)
@Label("Task Monitor Wait")
@Description(
    "A task waited for a monitor, until it could go on, measured by the Taskscope agent. The event"
        + " thread is not that of the task")
@Category(JfrEventName.Literal.CATEGORY)
@Threshold("10 ms")
@Throttle
@StackTrace(false)
final class TaskMonitorWaitEvent extends Event {
  static final EventTimes TIMES = EventTimes.of(MethodHandles.lookup());

  @TaskId
  @Label("Task Id")
  @Description("Unique within the life of the JVM")
  long taskId;

  @Label("Scope Path")
  @Description("The path of the scope the task belongs to")
  @Nullable String scopePath;

  @Label("Reason")
  @Description("monitor_enter to enter a synchronized block or method, object_wait in Object.wait")
  @Nullable String reason;

  @Label("Queued")
  @Description("Time it was runnable and waited for a carrier, just after")
  @Timespan(Timespan.NANOSECONDS)
  long queued;
}
