// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.taskscope.Spans;
import io.taskscope.TaskScope;
import io.taskscope.view.OutcomeCounts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A span for every block, current on the thread that opened it until that leaves it, so that it is
 * the parent of what is made there: the tasks of the block and everything else.
 */
final class BlockSpans {
  /** The blocks that are not closed, of all bridges; closing takes them out. */
  private static final Map<TaskScope, Open> OPEN = new ConcurrentHashMap<>();

  /** What the opening thread finds in its context when it leaves, also if the block has closed. */
  private static final ContextKey<BlockSpan> BLOCK = ContextKey.named("taskscope.block");

  private static final class BlockSpan {
    final BlockSpans owner;
    final long id; // not the scope, which a context that is kept somewhere would keep as well
    final Span span;
    @Nullable Scope current; // only the thread that opened the block touches it

    BlockSpan(BlockSpans owner, TaskScope block, Span span) {
      this.owner = owner;
      this.id = block.id();
      this.span = span;
    }
  }

  private record Open(BlockSpan block, Context context) {}

  private final Tracer tracer;
  private final Inheritance inheritance;
  private volatile boolean bridgeIsClosed;

  BlockSpans(Tracer tracer, Inheritance inheritance) {
    this.tracer = tracer;
    this.inheritance = inheritance;
  }

  /** The context of a block, for tasks that are started in it from elsewhere. */
  static @Nullable Context contextOf(TaskScope scope) {
    Open open = OPEN.get(scope);
    return open == null ? null : open.context();
  }

  @SuppressWarnings("MustBeClosedChecker") // left closes it
  void opened(TaskScope block) {
    if (block.options().spans().which() != Spans.Which.ALL || OPEN.containsKey(block)) {
      return; // or another bridge has it
    }
    Context parent = Inheritance.ofThisThread();
    if (Inheritance.isSuppressed(parent)) {
      return;
    }
    Span span =
        tracer
            .spanBuilder(block.name())
            .setParent(parent)
            .setAttribute(SpanAttribute.SCOPE_PATH.text(), block.path())
            .startSpan();
    BlockSpan opened = new BlockSpan(this, block, span);
    Context context = inheritance.withPath(parent.with(span), block).with(BLOCK, opened);
    OPEN.put(block, new Open(opened, context));
    opened.current = context.makeCurrent();
  }

  /** On the thread that opened it. */
  void left(TaskScope block) {
    BlockSpan left = Context.current().get(BLOCK);
    if (left == null || left.owner != this || left.id != block.id()) {
      return;
    }
    Scope current = left.current;
    if (current != null) {
      left.current = null;
      current.close();
    }
    if (bridgeIsClosed) { // nobody will tell that the block is closed
      closed(block);
    }
  }

  void closed(TaskScope block) {
    Open open = OPEN.get(block);
    if (open == null || open.block().owner != this) {
      return;
    }
    OPEN.remove(block);
    Span span = open.block().span;
    if (span.isRecording()) {
      OutcomeCounts counts = block.view().finished();
      SpanAttribute.TASKS_SUCCESS.set(span, counts.success());
      SpanAttribute.TASKS_FAILURE.set(span, counts.failure());
      SpanAttribute.TASKS_CANCELLED.set(span, counts.cancelled());
      SpanAttribute.TASKS_ABANDONED.set(span, counts.abandoned());
    }
    span.end();
  }

  /** The bridge hears of no more blocks that are closed, but of those that are left. */
  void close() {
    bridgeIsClosed = true;
  }
}
