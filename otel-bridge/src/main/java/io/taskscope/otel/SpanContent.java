// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.taskscope.Outcome;
import io.taskscope.Task;
import io.taskscope.TaskTimes;
import java.time.Duration;

/** Puts what is known of a task on its span. */
final class SpanContent {
  private final ExceptionRecorder exceptions;

  SpanContent(ExceptionRecorder exceptions) {
    this.exceptions = exceptions;
  }

  /** What is known when the task is created, except what the sampler has seen already. */
  void created(Task<?> task, Span span) {
    SpanAttribute.TASK_ID.set(span, task.id());
    SpanAttribute.TASK_ORIGIN.set(span, task.origin().label());
    SpanAttribute.FUNCTION_NAME.set(span, BodyName.of(task.bodyClass()));
  }

  /** The thread the body runs on. */
  void started(Span span, Thread thread) {
    SpanAttribute.THREAD_ID.set(span, thread.threadId());
    String name = thread.getName();
    if (!name.isEmpty()) {
      SpanAttribute.THREAD_NAME.set(span, name);
    }
  }

  /**
   * How the task ended. The exception is told of also where the span is not recorded, because logs
   * are a signal of their own.
   *
   * @param recording whether the span was recording when it began
   * @param context has the span in it
   */
  void ended(Task<?> task, Outcome outcome, Span span, boolean recording, Context context) {
    if (recording) {
      SpanAttribute.TASK_OUTCOME.set(span, outcome.kind().label());
      times(span, task.times());
      if (outcome instanceof Outcome.Abandoned) {
        SpanAttribute.ERROR_TYPE.set(span, SpanAttribute.ABANDONED);
        span.setStatus(StatusCode.ERROR, "did not react to its cancellation");
      } else if (outcome instanceof Outcome.Failure failure) {
        SpanAttribute.ERROR_TYPE.set(span, failure.error().getClass().getName());
      }
    }
    if (outcome instanceof Outcome.Failure failure) {
      exceptions.record(task, span, context, failure.error());
    }
  }

  static void times(Span span, TaskTimes times) {
    SpanAttribute.RUNNING_TIME.set(span, seconds(times.running()));
    SpanAttribute.QUEUED_TIME.set(span, seconds(times.queued()));
    if (times.steps() > 0) { // without steps nobody has looked for parks either
      SpanAttribute.PARKED_TIME.set(span, seconds(times.parked()));
      SpanAttribute.STEPS.set(span, times.steps());
    }
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
