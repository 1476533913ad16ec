// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.Task;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Tells readers of the running recording which task a thread is in from now on; and the only trace
 * of a task that still runs when the recording ends.
 */
@Name(JfrEventName.Literal.TASK_START)
@Label("Task Start")
@Description("The body of a task begins, on the thread of the task")
@Category(JfrEventName.Literal.CATEGORY)
@StackTrace(false)
final class TaskStartEvent extends Event {
  @TaskId
  @Label("Task Id")
  @Description("Unique within the life of the JVM")
  long taskId;

  @TaskId
  @Label("Parent Task Id")
  @Description("The task that created this one; 0 when it was created outside of any task")
  long parentTaskId;

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

  @Label("Origin")
  @Description("How it became a member of its scope: spawned, called, adopted or tick")
  @Nullable String origin;

  void fill(Task<?> task) {
    taskId = task.id();
    parentTaskId = task.parentId();
    scopeId = task.scope().id();
    scopePath = task.scope().path();
    name = task.name();
    origin = task.origin().label();
  }
}
