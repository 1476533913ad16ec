// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.lang.invoke.MethodHandles;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Made in the middle of a thread switch, and committed by a thread of Taskscope a moment later;
 * therefore its event thread means nothing.
 */
@Name(JfrEventName.Literal.TASK_STEP)
@Label("Task Step")
@Description(
    "One stay of a task's virtual thread on a carrier, measured by the Taskscope agent. The event"
        + " thread is not that of the task")
@Category(JfrEventName.Literal.CATEGORY)
@Enabled(false)
@Throttle
@StackTrace(false)
final class TaskStepEvent extends Event {
  static final EventTimes TIMES = EventTimes.of(MethodHandles.lookup());

  @TaskId
  @Label("Task Id")
  @Description("Unique within the life of the JVM")
  long taskId;

  @Label("Scope Path")
  @Description("The path of the scope the task belongs to")
  @Nullable String scopePath;

  @Label("Step")
  @Description("The number of the step in its task, from 1; counted since the event was enabled")
  long step;

  @Label("Queued")
  @Description("Time it was runnable and waited for a carrier, just before")
  @Timespan(Timespan.NANOSECONDS)
  long queued;

  @Label("Reason")
  @Description(
      "Why it ended: park, timed_park, sleep, monitor_enter, object_wait or yield; end at the end of"
          + " the thread")
  @Nullable String reason;
}
