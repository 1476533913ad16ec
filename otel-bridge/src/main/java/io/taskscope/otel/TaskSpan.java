// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/** The span of one task, hung on the task until its body has ended. */
final class TaskSpan {
  /** Who made it, and alone goes on with it. */
  final TaskSpanHook owner;

  final Span span;

  /** The creator's context with the span in it. */
  final Context context;

  private @Nullable Scope current; // only the task's thread touches it

  TaskSpan(TaskSpanHook owner, Span span, Context context) {
    this.owner = owner;
    this.span = span;
    this.context = context;
  }

  /** Makes the context current on the task's thread. */
  @SuppressWarnings("MustBeClosedChecker") // leave closes it
  void enter() {
    current = context.makeCurrent();
  }

  /** Makes current what was so before, if {@link #enter} was called. */
  void leave() {
    Scope entered = current;
    if (entered != null) {
      current = null;
      entered.close();
    }
  }
}
