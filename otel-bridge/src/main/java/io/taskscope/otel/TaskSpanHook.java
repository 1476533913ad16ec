// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.taskscope.Outcome;
import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.Spans;
import io.taskscope.Task;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import io.taskscope.hook.TraceContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts a span where a task is created, makes it current where its body runs, and ends it with the
 * task.
 *
 * <p>Begin and end of the span are taken from the SDK's clock at the moment the hooks are called,
 * not from the task: all spans of a trace share one clock that does not jump, so this span lies
 * truly to those of other instrumentations even if the system clock is set meanwhile. Only a {@link
 * LateSpan} has to say when it was.
 */
final class TaskSpanHook implements TaskHook {
  /** The name of the instrumentation scope. */
  static final String INSTRUMENTATION = "io.taskscope.otel";

  private final Tracer tracer;
  private final SpanContent content;
  private final Inheritance inheritance;
  private final Ticks ticks;
  private final @Nullable BlockSpans blocks;
  private final @Nullable ShutdownSpans shutdowns;

  /** The scopes that are not closed, of a hook of subtrees; null for a hook of the whole JVM. */
  private final @Nullable Set<TaskScope> followed;

  TaskSpanHook(
      OpenTelemetry openTelemetry,
      ExceptionRecorder exceptions,
      BridgeOptions options,
      boolean everywhere) {
    tracer = openTelemetry.getTracer(INSTRUMENTATION);
    content = new SpanContent(exceptions);
    inheritance = new Inheritance(options);
    ticks = new Ticks(options.tickInterval());
    blocks = options.blockSpans() ? new BlockSpans(tracer, inheritance) : null;
    Set<TaskScope> heardOf =
        everywhere || !options.shutdownTraces() ? null : ConcurrentHashMap.newKeySet();
    followed = heardOf;
    shutdowns =
        options.shutdownTraces()
            ? new ShutdownSpans(tracer, scope -> heardOf == null || heardOf.contains(scope))
            : null;
  }

  Ticks ticks() {
    return ticks;
  }

  // ---- tasks

  @Override
  public void taskCreated(Task<?> task) {
    if (task.attachment(TaskTrace.KEY) != null) {
      return; // another bridge has it
    }
    Context creator = Inheritance.ofCreator(task);
    Spans.Which which = task.scope().options().spans().which();
    boolean suppressed = Inheritance.isSuppressed(creator);
    if (which == Spans.Which.NONE || (suppressed && !inheritance.isDetached(task))) {
      passOn(task, creator);
    } else if (which != Spans.Which.ALL) {
      decideLater(task, creator);
    } else if (task.origin() == TaskOrigin.TICK && !ticks.admit(task)) {
      suppress(task, creator);
    } else {
      startSpan(task, creator, suppressed);
    }
  }

  private void passOn(Task<?> task, Context creator) {
    Context context = inheritance.withPath(creator, task.scope());
    if (inheritance.mustPassOn(task, context)) {
      task.attach(TaskTrace.KEY, new TaskTrace(this, context, null, false));
    }
  }

  private void startSpan(Task<?> task, Context creator, boolean suppressed) {
    SpanContext around = Span.fromContext(creator).getSpanContext();
    SpanBuilder builder =
        tracer
            .spanBuilder(task.name())
            .setAttribute(SpanAttribute.SCOPE_PATH.text(), task.scope().path());
    Context parent = creator;
    if (around.isValid() && inheritance.isDetached(task)) {
      parent = Inheritance.detached(creator);
      if (around.isSampled() && !suppressed) { // else there is nothing to lead to
        builder.addLink(around);
      }
    }
    Span span = builder.setParent(parent).startSpan();
    Context context = inheritance.withPath(parent.with(span), task.scope());
    boolean recording = span.isRecording();
    task.attach(TaskTrace.KEY, new TaskTrace(this, context, span, recording));
    attachIds(task, span.getSpanContext(), around);
    if (recording) {
      content.created(task, span);
      if (task.origin() == TaskOrigin.TICK) {
        unrecordedTicks(task, span);
      }
    }
  }

  private void unrecordedTicks(Task<?> tick, Span span) {
    long before = ticks.takeUnrecorded(tick);
    if (before > 0) {
      SpanAttribute.UNRECORDED_TICKS.set(span, before);
    }
  }

  private static void attachIds(Task<?> task, SpanContext own, SpanContext around) {
    // Without an SDK a new span has the ids of the one around it: these are not the task's.
    if (own.isValid() && !own.getSpanId().equals(around.getSpanId())) {
      task.attach(TraceContext.KEY, new SpanIds(own));
    }
  }

  private void decideLater(Task<?> task, Context creator) {
    Span around = Span.fromContext(creator);
    SpanContext link = null;
    LateSpan above = null;
    Context base = creator;
    if (inheritance.isDetached(task)) {
      base = Inheritance.detached(creator);
      link = around.getSpanContext().isSampled() ? around.getSpanContext() : null;
    } else {
      above = Inheritance.undecidedAround(creator, around);
    }
    LateSpan late = new LateSpan(this, base, above, link, task.origin() == TaskOrigin.TICK);
    late.context(Inheritance.undecided(inheritance.withPath(base, task.scope()), late));
    task.attach(TaskTrace.KEY, late);
  }

  /** A tick too many. If it fails it gets a span of its own after all. */
  private void suppress(Task<?> task, Context creator) {
    LateSpan late = new LateSpan(this, creator, null, null, true);
    late.context(Inheritance.suppressed(creator, notSampled()));
    task.attach(TaskTrace.KEY, late);
  }

  /** What tells samplers that the decision has been made. */
  private static Span notSampled() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return Span.wrap(
        SpanContext.create(
            TraceId.fromLongs(random.nextLong(), random.nextLong() | 1),
            SpanId.fromLong(random.nextLong() | 1),
            TraceFlags.getDefault(),
            TraceState.getDefault()));
  }

  @Override
  public void taskStarted(Task<?> task) {
    TaskTrace own = ownTrace(task);
    if (own == null) {
      return;
    }
    own.enter();
    Span span = own.span();
    if (span != null && own.recording) {
      content.started(span, Thread.currentThread());
    }
  }

  @Override
  public void taskFinished(Task<?> task) {
    TaskTrace own = ownTrace(task);
    if (own == null) {
      return;
    }
    try {
      end(task, own); // for an abandoned task too: taskAbandoned may be on its way and find nothing
    } finally {
      own.leave();
    }
  }

  @Override
  public void taskAbandoned(Task<?> task) {
    TaskTrace own = ownTrace(task);
    if (own != null) {
      end(task, own);
    }
  }

  private @Nullable TaskTrace ownTrace(Task<?> task) {
    TaskTrace trace = task.attachment(TaskTrace.KEY);
    return trace != null && trace.owner == this ? trace : null;
  }

  /**
   * Ends the span. For a task that is abandoned while its body ends two threads may come here at
   * once: they say the same, and a span that has ended ignores what comes later.
   */
  private void end(Task<?> task, TaskTrace own) {
    Outcome outcome = task.outcome().orElseThrow();
    if (own instanceof LateSpan late) {
      late.decide(task, outcome, LateSpan.isWorthIt(task, outcome));
      return;
    }
    Span span = own.span();
    Context context = own.context();
    if (span == null || context == null) {
      return;
    }
    try {
      content.ended(task, outcome, span, own.recording, context);
    } finally {
      span.end();
    }
  }

  /** Makes the span of a task that has ended; see {@link LateSpan}. */
  SpanContext makeLate(LateSpan.Ended ended, Context parent, @Nullable SpanContext link) {
    Task<?> task = ended.task();
    SpanBuilder builder =
        tracer
            .spanBuilder(task.name())
            .setParent(parent)
            .setStartTimestamp(ended.startNanos(), TimeUnit.NANOSECONDS)
            .setAttribute(SpanAttribute.SCOPE_PATH.text(), task.scope().path());
    if (link != null) {
      builder.addLink(link);
    }
    Span span = builder.startSpan();
    boolean recording = span.isRecording();
    try {
      if (recording) {
        content.created(task, span);
        if (ended.thread() != null) {
          content.started(span, ended.thread());
        }
      }
      content.ended(task, ended.outcome(), span, recording, parent.with(span));
    } finally {
      span.end(ended.endNanos(), TimeUnit.NANOSECONDS);
    }
    return span.getSpanContext();
  }

  // ---- scopes

  @Override
  public void scopeOpened(TaskScope scope) {
    if (!scope.isBlock()) {
      if (followed != null) {
        followed.add(scope);
      }
    } else if (blocks != null) {
      blocks.opened(scope);
    }
  }

  @Override
  public void blockLeft(TaskScope block) {
    if (blocks != null) {
      blocks.left(block);
    }
  }

  @Override
  public void scopeClosing(TaskScope scope) {
    if (shutdowns != null && !scope.isBlock()) {
      shutdowns.begin(scope);
    }
  }

  @Override
  public void phaseStarted(TaskScope scope, ShutdownPhase phase) {
    if (shutdowns != null && !scope.isBlock()) {
      shutdowns.phaseBegins(scope, phase);
    }
  }

  @Override
  public void phaseEnded(TaskScope scope, ShutdownReport.Phase phase) {
    if (shutdowns != null && !scope.isBlock()) {
      shutdowns.phaseEnds(scope, phase);
    }
  }

  @Override
  public void scopeClosed(TaskScope scope) {
    if (!scope.isBlock()) {
      if (shutdowns != null) {
        shutdowns.end(scope);
      }
      if (followed != null) {
        followed.remove(scope);
      }
    } else if (blocks != null) {
      blocks.closed(scope);
    }
  }

  /** The bridge is closed: see {@link OtelBridge#close}. */
  void close() {
    if (blocks != null) {
      blocks.close();
    }
    if (shutdowns != null) {
      shutdowns.close();
    }
  }
}
