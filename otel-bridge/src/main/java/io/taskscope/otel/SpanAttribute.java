// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.trace.Span;

/**
 * The attributes of spans, their events and heartbeats, and the only place in the code that has
 * their names.
 */
enum SpanAttribute {
  /**
   * The path of the task's scope. Also there for the sampler to see, and on the log of an
   * exception.
   */
  SCOPE_PATH(AttributeKey.stringKey("taskscope.scope.path")),
  /** The id of the task. */
  TASK_ID(AttributeKey.longKey("taskscope.task.id")),
  /** How the task came to be. */
  TASK_ORIGIN(AttributeKey.stringKey("taskscope.task.origin")),
  /** How the task ended. */
  TASK_OUTCOME(AttributeKey.stringKey("taskscope.task.outcome")),
  /** Seconds on a processor; without the agent, since the body began. */
  RUNNING_TIME(AttributeKey.doubleKey("taskscope.task.running_time")),
  /** Seconds waiting for a processor. */
  QUEUED_TIME(AttributeKey.doubleKey("taskscope.task.queued_time")),
  /** Seconds waiting for something else; only where it was measured. */
  PARKED_TIME(AttributeKey.doubleKey("taskscope.task.parked_time")),
  /** How often the task was put on a processor; only where it was measured. */
  STEPS(AttributeKey.longKey("taskscope.task.steps")),
  /** The id of the thread the body runs on; absent if it never began. */
  THREAD_ID(AttributeKey.longKey("thread.id")),
  /** The name of that thread; absent if it has none. */
  THREAD_NAME(AttributeKey.stringKey("thread.name")),
  /** The body, as {@link BodyName} names it. */
  FUNCTION_NAME(AttributeKey.stringKey("code.function.name")),
  /** What went wrong: the class of the exception, or {@link #ABANDONED}. */
  ERROR_TYPE(AttributeKey.stringKey("error.type")),

  /** Ticks of the timer since the last one with a span; only if there were any. */
  UNRECORDED_TICKS(AttributeKey.longKey("taskscope.timer.unrecorded_ticks")),

  /** Of a block: how many of its tasks succeeded. */
  TASKS_SUCCESS(AttributeKey.longKey("taskscope.scope.tasks.success")),
  /** Of a block: how many of its tasks failed. */
  TASKS_FAILURE(AttributeKey.longKey("taskscope.scope.tasks.failure")),
  /** Of a block: how many of its tasks were cancelled. */
  TASKS_CANCELLED(AttributeKey.longKey("taskscope.scope.tasks.cancelled")),
  /** Of a block: how many of its tasks were given up. */
  TASKS_ABANDONED(AttributeKey.longKey("taskscope.scope.tasks.abandoned")),

  /** The name of a task, where the span is not its own. */
  TASK_NAME(AttributeKey.stringKey("taskscope.task.name")),
  /** Seconds since the task was created. */
  TASK_AGE(AttributeKey.doubleKey("taskscope.task.age")),
  /** Where the task stands: queued, running or parked. */
  TASK_STATE(AttributeKey.stringKey("taskscope.task.state")),
  /** Where the task's thread stands. */
  STACK_TRACE(AttributeKey.stringKey("code.stacktrace")),
  /** How many long tasks had no heartbeat this time, because there were too many. */
  HEARTBEATS_OMITTED(AttributeKey.longKey("taskscope.heartbeats.omitted")),

  /** How a shutdown or a phase of it went: clean, cancelled or abandoned. */
  SHUTDOWN_RESULT(AttributeKey.stringKey("taskscope.shutdown.result")),
  /** The phase of a shutdown: drain, cancel or resources. */
  SHUTDOWN_PHASE(AttributeKey.stringKey("taskscope.shutdown.phase")),
  /** Seconds the shutdown or the phase took, as measured by the scope itself. */
  SHUTDOWN_DURATION(AttributeKey.doubleKey("taskscope.shutdown.duration")),
  /** Live tasks when the phase began; for resources, how many there were. */
  SHUTDOWN_AT_START(AttributeKey.longKey("taskscope.shutdown.tasks_at_start")),
  /** Live tasks when the phase ended; for resources, how many did not close. */
  SHUTDOWN_AT_END(AttributeKey.longKey("taskscope.shutdown.tasks_at_end"));

  /** The {@code error.type} of a task that was given up. */
  static final String ABANDONED = "abandoned";

  /** The event name of the log record of an exception. */
  static final String EXCEPTION_EVENT = "taskscope.task.exception";

  /** The event name of the log record that says that a task is still running. */
  static final String HEARTBEAT_EVENT = "taskscope.task.heartbeat";

  /** The event of a shutdown's span for a task that was given up. */
  static final String ABANDONED_EVENT = "taskscope.task.abandoned";

  /** The baggage entry with the path of the scope. */
  static final String BAGGAGE_PATH = "taskscope.path";

  private final AttributeKey<?> key;

  SpanAttribute(AttributeKey<?> key) {
    this.key = key;
  }

  /** The name as it is emitted. */
  String key() {
    return key.getKey();
  }

  /** The key of an attribute whose values are strings. */
  AttributeKey<String> text() {
    return typed(AttributeType.STRING);
  }

  /** The key of an attribute whose values are whole numbers. */
  AttributeKey<Long> number() {
    return typed(AttributeType.LONG);
  }

  /** The key of an attribute whose values are seconds. */
  AttributeKey<Double> seconds() {
    return typed(AttributeType.DOUBLE);
  }

  void set(Span span, String value) {
    span.setAttribute(text(), value);
  }

  void set(Span span, long value) {
    span.setAttribute(number(), value);
  }

  void set(Span span, double value) {
    span.setAttribute(seconds(), value);
  }

  @SuppressWarnings("unchecked") // the type has been compared
  private <T> AttributeKey<T> typed(AttributeType type) {
    if (key.getType() != type) {
      throw new IllegalArgumentException(key + " is of type " + key.getType() + ", not " + type);
    }
    return (AttributeKey<T>) key;
  }
}
