// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.trace.Span;

/** The attributes of a task's span, and the only place in the code that has their names. */
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
  ERROR_TYPE(AttributeKey.stringKey("error.type"));

  /** The {@code error.type} of a task that was given up. */
  static final String ABANDONED = "abandoned";

  /** The event name of the log record of an exception. */
  static final String EXCEPTION_EVENT = "taskscope.task.exception";

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

  void set(Span span, String value) {
    span.setAttribute(text(), value);
  }

  void set(Span span, long value) {
    span.setAttribute(this.<Long>typed(AttributeType.LONG), value);
  }

  void set(Span span, double value) {
    span.setAttribute(this.<Double>typed(AttributeType.DOUBLE), value);
  }

  @SuppressWarnings("unchecked") // the type has been compared
  private <T> AttributeKey<T> typed(AttributeType type) {
    if (key.getType() != type) {
      throw new IllegalArgumentException(key + " is of type " + key.getType() + ", not " + type);
    }
    return (AttributeKey<T>) key;
  }
}
