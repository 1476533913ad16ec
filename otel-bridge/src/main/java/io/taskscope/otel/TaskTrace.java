// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.taskscope.hook.AttachmentKey;
import org.jspecify.annotations.Nullable;

/**
 * What tracing knows of one task: the context for its body, and its span if it has one from the
 * beginning. Hung on the task, and lets go of what it holds when the body has ended.
 *
 * <p>Fields are plain: the task publishes this object, and who reads it a moment after the end and
 * still sees the span changes nothing by it, as a span that has ended ignores what comes later.
 */
class TaskTrace {
  static final AttachmentKey<TaskTrace> KEY = AttachmentKey.of("taskscope.otel.trace");

  /** Who made it, and alone goes on with it. */
  final TaskSpanHook owner;

  /** Whether the span was recording when it began; to ask the span takes its lock each time. */
  final boolean recording;

  /** When to say next that the task is still running; only the heartbeat's thread touches it. */
  long nextHeartbeatNanos;

  private @Nullable Context context;
  private @Nullable Span span;
  private @Nullable Scope current; // only the task's thread touches it

  /**
   * @param context the creator's, with the span in it if there is one
   * @param span null for a task that has none, or none yet
   * @param recording whether the span is recording
   */
  TaskTrace(TaskSpanHook owner, @Nullable Context context, @Nullable Span span, boolean recording) {
    this.owner = owner;
    this.recording = recording;
    this.context = context;
    this.span = span;
  }

  /** The span; null if there is none, or none yet, or the body has ended. */
  final @Nullable Span span() {
    return span;
  }

  /** Whether the task has a span or may get one, and does not just pass a context on. */
  final boolean isOfATracedTask() {
    return span != null || this instanceof LateSpan;
  }

  /** The context of the body; null when it has ended. */
  final @Nullable Context context() {
    return context;
  }

  final void context(Context ofBody) {
    context = ofBody;
  }

  /** Makes the context current on the task's thread. */
  @SuppressWarnings("MustBeClosedChecker") // leave closes it
  final void enter() {
    Context entered = context;
    if (entered != null) {
      current = entered.makeCurrent();
    }
  }

  /** Makes current what was so before, if {@link #enter} was called, and lets go of it all. */
  final void leave() {
    context = null;
    span = null;
    Scope entered = current;
    if (entered != null) {
      current = null;
      entered.close();
    }
  }
}
