// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.taskscope.Outcome;
import io.taskscope.Task;
import io.taskscope.TaskTimes;
import io.taskscope.hook.AttachmentKey;
import io.taskscope.hook.TaskHook;
import io.taskscope.hook.TraceContext;
import java.time.Duration;

/**
 * Starts a span where a task is created, makes it current where its body runs, and ends it with the
 * task.
 *
 * <p>Begin and end of the span are taken from the SDK's clock at the moment the hooks are called,
 * not from the task: all spans of a trace share one clock that does not jump, so this span lies
 * truly to those of other instrumentations even if the system clock is set meanwhile.
 */
final class TaskSpanHook implements TaskHook {
  /** The name of the instrumentation scope. */
  static final String INSTRUMENTATION = "io.taskscope.otel";

  private static final AttachmentKey<TaskSpan> SPAN = AttachmentKey.of("taskscope.otel.span");

  private final Tracer tracer;
  private final ExceptionRecorder exceptions;

  TaskSpanHook(OpenTelemetry openTelemetry, ExceptionRecorder exceptions) {
    this.tracer = openTelemetry.getTracer(INSTRUMENTATION);
    this.exceptions = exceptions;
  }

  @Override
  public void taskCreated(Task<?> task) {
    if (task.attachment(SPAN) != null) {
      return; // another bridge has it
    }
    Context parent = Context.current();
    Span span =
        tracer
            .spanBuilder(task.name())
            .setParent(parent)
            .setAttribute(SpanAttribute.SCOPE_PATH.text(), task.scope().path())
            .startSpan();
    task.attach(SPAN, new TaskSpan(this, span, parent.with(span)));
    attachIds(task, span.getSpanContext(), Span.fromContext(parent).getSpanContext());
    if (span.isRecording()) {
      SpanAttribute.TASK_ID.set(span, task.id());
      SpanAttribute.TASK_ORIGIN.set(span, task.origin().label());
      SpanAttribute.FUNCTION_NAME.set(span, BodyName.of(task.bodyClass()));
    }
  }

  private static void attachIds(Task<?> task, SpanContext own, SpanContext parent) {
    // Without an SDK a new span has the ids of its parent: these are not the task's.
    if (own.isValid() && !own.getSpanId().equals(parent.getSpanId())) {
      String traceId = own.getTraceId();
      task.attach(
          TraceContext.KEY,
          new TraceContext(
              Long.parseUnsignedLong(traceId, 0, 16, 16),
              Long.parseUnsignedLong(traceId, 16, 32, 16),
              Long.parseUnsignedLong(own.getSpanId(), 16),
              own.isSampled()));
    }
  }

  @Override
  public void taskStarted(Task<?> task) {
    TaskSpan own = task.attachment(SPAN);
    if (own == null || own.owner != this) {
      return;
    }
    own.enter();
    if (own.span.isRecording()) {
      Thread thread = Thread.currentThread();
      SpanAttribute.THREAD_ID.set(own.span, thread.threadId());
      if (!thread.getName().isEmpty()) {
        SpanAttribute.THREAD_NAME.set(own.span, thread.getName());
      }
    }
  }

  @Override
  public void taskFinished(Task<?> task) {
    TaskSpan own = task.attachment(SPAN);
    if (own == null || own.owner != this) {
      return;
    }
    task.attach(SPAN, null);
    try {
      end(task, own); // for an abandoned task too: taskAbandoned may be on its way and find nothing
    } finally {
      own.leave();
    }
  }

  @Override
  public void taskAbandoned(Task<?> task) {
    TaskSpan own = task.attachment(SPAN);
    if (own != null && own.owner == this) {
      end(task, own);
    }
  }

  /**
   * Ends the span. For a task that is abandoned while its body ends two threads may come here at
   * once: they say the same, and a span that has ended ignores what comes later.
   */
  private void end(Task<?> task, TaskSpan own) {
    Span span = own.span;
    try {
      Outcome outcome = task.outcome().orElseThrow();
      if (span.isRecording()) {
        SpanAttribute.TASK_OUTCOME.set(span, outcome.kind().label());
        setTimes(span, task.times());
        if (outcome instanceof Outcome.Abandoned) {
          SpanAttribute.ERROR_TYPE.set(span, SpanAttribute.ABANDONED);
          span.setStatus(StatusCode.ERROR, "did not react to its cancellation");
        } else if (outcome instanceof Outcome.Failure failure) {
          SpanAttribute.ERROR_TYPE.set(span, failure.error().getClass().getName());
        }
      }
      if (outcome instanceof Outcome.Failure failure) {
        exceptions.record(task, own, failure.error());
      }
    } finally {
      span.end();
    }
  }

  static void setTimes(Span span, TaskTimes times) {
    SpanAttribute.RUNNING_TIME.set(span, seconds(times.running()));
    SpanAttribute.QUEUED_TIME.set(span, seconds(times.queued()));
    if (times.steps() > 0) { // without steps nobody has looked for parks either
      SpanAttribute.PARKED_TIME.set(span, seconds(times.parked()));
      SpanAttribute.STEPS.set(span, times.steps());
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
