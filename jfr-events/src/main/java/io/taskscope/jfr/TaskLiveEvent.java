// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.Task;
import io.taskscope.TaskTimes;
import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Makes every chunk of a recording complete in itself: a reader knows the tasks that began before
 * it, and which threads they are on.
 */
@Name(JfrEventName.Literal.TASK_LIVE)
@Label("Live Task")
@Description(
    "A task that lives when a chunk of the recording begins, and where its time went so far; at most"
        + " 10 000 tasks, Status tells how many were left out")
@Category(JfrEventName.Literal.CATEGORY)
@Period("beginChunk")
@StackTrace(false)
final class TaskLiveEvent extends Event {
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

  @Label("State")
  @Description("queued, running or parked")
  @Nullable String state;

  @Label("Thread Id")
  @Description("The Java thread id of the thread its body runs on; 0 before it begins")
  long threadId;

  @Label("Age")
  @Description("Time since its creation")
  @Timespan(Timespan.NANOSECONDS)
  long age;

  @Label("Running")
  @Description("Time on a processor; without the Taskscope agent all the time since the body began")
  @Timespan(Timespan.NANOSECONDS)
  long running;

  @Label("Queued")
  @Description(
      "Time waiting for a processor; without the Taskscope agent the time before the body began")
  @Timespan(Timespan.NANOSECONDS)
  long queued;

  @Label("Parked")
  @Description("Time waiting for something else; 0 without the Taskscope agent, which measures it")
  @Timespan(Timespan.NANOSECONDS)
  long parked;

  @Label("Start Delay")
  @Description("Time from the creation of the task to the beginning of its body; part of queued")
  @Timespan(Timespan.NANOSECONDS)
  long startDelay;

  @Label("Steps")
  @Description("How often it was put on a processor; 0 without the Taskscope agent")
  long steps;

  @Label("Parks")
  @Description("How often it waited; 0 without the Taskscope agent")
  long parks;

  void fill(Task<?> task) {
    taskId = task.id();
    parentTaskId = task.parentId();
    scopeId = task.scope().id();
    scopePath = task.scope().path();
    name = task.name();
    origin = task.origin().label();
    state = task.taskState().name().toLowerCase(Locale.ROOT);
    threadId = task.thread().map(Thread::threadId).orElse(0L);
    TaskTimes times = task.times();
    age = times.age().toNanos();
    running = times.running().toNanos();
    queued = times.queued().toNanos();
    parked = times.parked().toNanos();
    startDelay = times.startDelay().toNanos();
    steps = times.steps();
    parks = times.parks();
  }
}
