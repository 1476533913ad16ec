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

/** Committed on the thread of the task, so that its stack is that of whoever waited. */
@Name(JfrEventName.Literal.TASK_PARK)
@Label("Task Park")
@Description(
    "A task waited at LockSupport or slept, until it could go on, measured by the Taskscope agent;"
        + " waits for monitors are Task Monitor Wait")
@Category(JfrEventName.Literal.CATEGORY)
@Threshold("10 ms")
@Throttle
@StackTrace
final class TaskParkEvent extends Event {
  static final EventTimes TIMES = EventTimes.of(MethodHandles.lookup());

  @TaskId
  @Label("Task Id")
  @Description("Unique within the life of the JVM")
  long taskId;

  @Label("Scope Path")
  @Description("The path of the scope the task belongs to")
  @Nullable String scopePath;

  @Label("Reason")
  @Description(
      "park, timed_park, sleep, or pinned if it waited without leaving its carrier, because a native"
          + " frame was on its stack")
  @Nullable String reason;

  @Label("Queued")
  @Description("Time it was runnable and waited for a carrier, just after")
  @Timespan(Timespan.NANOSECONDS)
  long queued;

  @Label("Blocker")
  @Description("The class of what it waited for, such as a lock; none where it did not say")
  @Nullable Class<?> blocker;
}
