// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.Outcome;
import io.taskscope.Task;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** Has the stack as text because the stack of an event is that of the thread that commits it. */
@Name(JfrEventName.Literal.TASK_ABANDONED)
@Label("Task Abandoned")
@Description("A task ignored its interrupt and was given up; its thread goes on")
@Category(JfrEventName.Literal.CATEGORY)
@StackTrace(false)
final class TaskAbandonedEvent extends Event {
  @TaskId
  @Label("Task Id")
  @Description("Unique within the life of the JVM")
  long taskId;

  @ScopeId
  @Label("Scope Id")
  @Description("The scope the task belongs to; several scopes may share a path")
  long scopeId;

  @Label("Scope Path")
  @Description("The path of the scope the task belongs to")
  @Nullable String scopePath;

  @Label("Name")
  @Description("The name of the task")
  @Nullable String name;

  @Label("Age")
  @Description("Time from the creation of the task until it was given up")
  @Timespan(Timespan.NANOSECONDS)
  long age;

  @Label("Stack")
  @Description(
      "Where the thread of the task stood, one frame per line, innermost first, at most "
          + StackText.MAX_FRAMES
          + " frames; none when it could not be told")
  @Nullable String stack;

  void fill(Task<?> task) {
    taskId = task.id();
    scopeId = task.scope().id();
    scopePath = task.scope().path();
    name = task.name();
    age = task.times().age().toNanos();
    if (task.outcome().orElse(null) instanceof Outcome.Abandoned abandoned) {
      stack = StackText.of(abandoned.stack());
    }
  }
}
