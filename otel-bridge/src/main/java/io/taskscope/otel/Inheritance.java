// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.taskscope.Task;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import org.jspecify.annotations.Nullable;

/** What a new task takes over from its creator, on whose thread all of this is called. */
final class Inheritance {
  /** Around what has no span of its own: a {@link LateSpan}, or {@link #SUPPRESSED}. */
  private static final ContextKey<Object> AROUND = ContextKey.named("taskscope.around");

  /** In place of a tick that is not recorded: nothing inside it gets a span either. */
  private static final Object SUPPRESSED = new Object();

  private final DetachedWork detachedWork;
  private final boolean pathInBaggage;

  Inheritance(BridgeOptions options) {
    detachedWork = options.detachedWork();
    pathInBaggage = options.pathInBaggage();
  }

  /**
   * The context of the creator. A thread that OpenTelemetry knows nothing of, because a task or
   * block has started it in a way that does not carry its context, counts as that task or block.
   */
  static Context ofCreator(Task<?> task) {
    Context current = Context.current();
    if (task.scope().isBlock() && !Span.fromContext(current).getSpanContext().isValid()) {
      Context block = BlockSpans.contextOf(task.scope());
      if (block != null) {
        return block;
      }
    }
    if (current == Context.root()) {
      Context inherited = ofTask(task.parent().orElse(null));
      if (inherited != null) {
        return inherited;
      }
    }
    return current;
  }

  /** The context of this thread, or of the task it was started from. */
  static Context ofThisThread() {
    Context current = Context.current();
    if (current == Context.root()) {
      Context inherited = ofTask(Task.current().orElse(null));
      if (inherited != null) {
        return inherited;
      }
    }
    return current;
  }

  private static @Nullable Context ofTask(@Nullable Task<?> task) {
    TaskTrace trace = task == null ? null : task.attachment(TaskTrace.KEY);
    return trace == null ? null : trace.context();
  }

  /** Whether the task's span begins a trace. */
  boolean isDetached(Task<?> task) {
    if (detachedWork == DetachedWork.NEVER
        || task.origin() != TaskOrigin.SPAWNED
        || task.scope().isBlock()) {
      return false;
    }
    if (detachedWork == DetachedWork.LONG_LIVED_SCOPES) {
      return true;
    }
    TaskScope ofCreator = TaskScope.current().orElse(null);
    if (ofCreator == null) {
      return false; // there is nothing it leaves
    }
    for (TaskScope at = task.scope(); at != null; at = at.parent().orElse(null)) {
      if (at == ofCreator) {
        return false;
      }
    }
    return true;
  }

  /** The undecided task around, if no span lies between. */
  static @Nullable LateSpan undecidedAround(Context context, Span span) {
    return context.get(AROUND) instanceof LateSpan late && late.isIn(span) ? late : null;
  }

  static boolean isSuppressed(Context context) {
    return context.get(AROUND) == SUPPRESSED;
  }

  static Context undecided(Context context, LateSpan late) {
    return context.with(AROUND, late);
  }

  static Context suppressed(Context context, Span notSampled) {
    return context.with(notSampled).with(AROUND, SUPPRESSED);
  }

  /** Without what is around, for work that leaves it. */
  static Context detached(Context context) {
    Context without = context.with(Span.getInvalid());
    return context.get(AROUND) == null ? without : without.with(AROUND, "");
  }

  /** The context with the path of the task's scope in its baggage, where that is wanted. */
  Context withPath(Context context, TaskScope scope) {
    if (!pathInBaggage) {
      return context;
    }
    Baggage baggage = Baggage.fromContext(context);
    String path = scope.path();
    return path.equals(baggage.getEntryValue(SpanAttribute.BAGGAGE_PATH))
        ? context
        : context.with(baggage.toBuilder().put(SpanAttribute.BAGGAGE_PATH, path).build());
  }

  /** Whether a task without a span needs a context of its own. */
  boolean mustPassOn(Task<?> task, Context context) {
    // A called task has its creator's context already.
    return task.origin() == TaskOrigin.CALLED
        ? context != Context.current()
        : context != Context.root();
  }
}
