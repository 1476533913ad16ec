// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.Outcome;
import io.taskscope.Task;
import io.taskscope.TaskTimes;
import io.taskscope.hook.TraceContext;
import jdk.jfr.Category;
import jdk.jfr.Contextual;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Its contextual fields tell readers which task every other event of the thread belongs to, from
 * its start time to its end time; therefore it begins and ends on the thread of the task.
 */
@Name(JfrEventName.Literal.TASK)
@Label("Task")
@Description(
    "A task, from the beginning of its body to the end. Without duration where the body never began,"
        + " or began before the event was enabled")
@Category(JfrEventName.Literal.CATEGORY)
@StackTrace(false)
final class TaskEvent extends Event {
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

  @Contextual
  @Label("Scope Path")
  @Description("The path of the scope the task belongs to")
  @Nullable String scopePath;

  @Contextual
  @Label("Name")
  @Description("The name of the task")
  @Nullable String name;

  @Label("Origin")
  @Description("How it became a member of its scope: spawned, called, adopted or tick")
  @Nullable String origin;

  @Label("Outcome")
  @Description("How it ended: success, failure, cancelled or abandoned")
  @Nullable String outcome;

  @Label("Error Class")
  @Description("The class of what the body threw; none unless the outcome is failure")
  @Nullable Class<?> errorClass;

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
  @Description(
      "Time waiting for something else than a processor; 0 without the Taskscope agent, which"
          + " measures it")
  @Timespan(Timespan.NANOSECONDS)
  long parked;

  @Label("Start Delay")
  @Description("Time from the creation of the task to the beginning of its body; part of queued")
  @Timespan(Timespan.NANOSECONDS)
  long startDelay;

  @Label("Steps")
  @Description(
      "How often it was put on a processor; 0 without the Taskscope agent, which measures it")
  long steps;

  @Label("Parks")
  @Description("How often it waited; 0 without the Taskscope agent, which measures it")
  long parks;

  @Label("Trace Id High")
  @Description("The first eight bytes of the W3C trace id; 0 when the task has no span")
  long traceIdHigh;

  @Label("Trace Id Low")
  @Description("The last eight bytes of the W3C trace id; 0 when the task has no span")
  long traceIdLow;

  @Label("Span Id")
  @Description("The eight bytes of the span id; 0 when the task has no span")
  long spanId;

  void fill(Task<?> task) {
    taskId = task.id();
    parentTaskId = task.parentId();
    scopeId = task.scope().id();
    scopePath = task.scope().path();
    name = task.name();
    origin = task.origin().label();
    Outcome ended = task.outcome().orElse(null);
    if (ended != null) {
      outcome = ended.kind().label();
      errorClass = ended instanceof Outcome.Failure failure ? failure.error().getClass() : null;
    }
    TaskTimes times = task.times();
    running = times.running().toNanos();
    queued = times.queued().toNanos();
    parked = times.parked().toNanos();
    startDelay = times.startDelay().toNanos();
    steps = times.steps();
    parks = times.parks();
    TraceContext trace = task.attachment(TraceContext.KEY);
    if (trace != null) {
      traceIdHigh = trace.traceIdHigh();
      traceIdLow = trace.traceIdLow();
      spanId = trace.spanId();
    }
  }
}
