// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.log;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.taskscope.Task;
import io.taskscope.hook.AttachmentKey;
import io.taskscope.hook.TaskHook;
import org.jspecify.annotations.Nullable;

/** Puts the entries where the body begins, and what was there before back where it ends. */
abstract class TaskLogContext implements TaskHook {
  static final String PATH = "taskscope.path";
  static final String TASK_ID = "taskscope.task.id";
  static final String TRACE_ID = "trace_id";
  static final String SPAN_ID = "span_id";

  private record Before(
      @Nullable String path,
      @Nullable String task,
      @Nullable String trace,
      @Nullable String span) {}

  private final AttachmentKey<Before> key = AttachmentKey.of("taskscope.log-context");

  abstract @Nullable String get(String entry);

  /** Null removes it. */
  abstract void put(String entry, @Nullable String value);

  @Override
  public void taskStarted(Task<?> task) {
    task.attach(key, new Before(get(PATH), get(TASK_ID), get(TRACE_ID), get(SPAN_ID)));
    put(PATH, task.scope().path());
    put(TASK_ID, Long.toString(task.id()));
    SpanContext span = Span.current().getSpanContext();
    put(TRACE_ID, span.isValid() ? span.getTraceId() : null);
    put(SPAN_ID, span.isValid() ? span.getSpanId() : null);
  }

  @Override
  public void taskFinished(Task<?> task) {
    Before before = task.attachment(key);
    if (before != null) { // else the body never began
      task.attach(key, null);
      put(PATH, before.path());
      put(TASK_ID, before.task());
      put(TRACE_ID, before.trace());
      put(SPAN_ID, before.span());
    }
  }
}
