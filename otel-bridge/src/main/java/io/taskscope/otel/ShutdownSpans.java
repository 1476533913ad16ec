// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import io.taskscope.otel.internal.ShutdownsUnderWay;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A trace for every shutdown: a span {@code shutdown /web/app-a} per scope made by {@code root} or
 * {@code child}, below it one for each phase that was entered. The span of a scope begins when the
 * first scope in it begins to end, and so lies around the spans of these.
 */
final class ShutdownSpans {
  private static final String ABANDONED = label(ShutdownReport.Result.ABANDONED);

  /** The scopes that are ending, of all bridges. */
  private static final Map<TaskScope, ShutdownSpan> ENDING = new ConcurrentHashMap<>();

  private static final class ShutdownSpan {
    final ShutdownSpans owner;
    final Span span;
    final Context context;
    volatile @Nullable Span phase; // the hooks of one scope are called one after the other

    ShutdownSpan(ShutdownSpans owner, Span span, Context context) {
      this.owner = owner;
      this.span = span;
      this.context = context;
    }
  }

  private final Tracer tracer;
  private final Predicate<TaskScope> isFollowed;
  private volatile boolean bridgeIsClosed;

  /**
   * Makes none yet.
   *
   * @param isFollowed whether the bridge is told of the end of a scope
   */
  ShutdownSpans(Tracer tracer, Predicate<TaskScope> isFollowed) {
    this.tracer = tracer;
    this.isFollowed = isFollowed;
  }

  /** Starts the spans from the top of the shutdown down to the scope, as far as there are none. */
  void begin(TaskScope scope) {
    Deque<TaskScope> fromTheTop = new ArrayDeque<>();
    TaskScope at = scope;
    while (at != null && (at == scope || (at.isShuttingDown() && isFollowed.test(at)))) {
      if (!at.isBlock()) {
        fromTheTop.push(at);
      }
      at = at.parent().orElse(null);
    }
    Context parent = Context.root();
    for (TaskScope each : fromTheTop) { // a loop, because trees may be thousands of scopes deep
      Context around = parent;
      parent = ENDING.computeIfAbsent(each, s -> start(s, around)).context;
    }
    if (bridgeIsClosed) { // meanwhile
      close();
    }
  }

  private ShutdownSpan start(TaskScope scope, Context parent) {
    Span span =
        tracer
            .spanBuilder("shutdown " + scope.path())
            .setParent(parent)
            .setAttribute(SpanAttribute.SCOPE_PATH.text(), scope.path())
            .startSpan();
    ShutdownsUnderWay.spanStarted();
    return new ShutdownSpan(this, span, parent.with(span));
  }

  private @Nullable ShutdownSpan own(TaskScope scope) {
    ShutdownSpan ending = ENDING.get(scope);
    return ending != null && ending.owner == this ? ending : null;
  }

  void phaseBegins(TaskScope scope, ShutdownPhase phase) {
    ShutdownSpan ending = own(scope);
    if (ending != null) {
      ending.phase =
          tracer
              .spanBuilder(phase.label())
              .setParent(ending.context)
              .setAttribute(SpanAttribute.SCOPE_PATH.text(), scope.path())
              .setAttribute(SpanAttribute.SHUTDOWN_PHASE.text(), phase.label())
              .startSpan();
    }
  }

  void phaseEnds(TaskScope scope, ShutdownReport.Phase phase) {
    ShutdownSpan ending = own(scope);
    Span span = ending == null ? null : ending.phase;
    if (ending == null || span == null) {
      return;
    }
    ending.phase = null;
    SpanAttribute.SHUTDOWN_DURATION.set(span, SpanContent.seconds(phase.duration()));
    SpanAttribute.SHUTDOWN_AT_START.set(span, phase.tasksAtStart());
    SpanAttribute.SHUTDOWN_AT_END.set(span, phase.tasksAtEnd());
    result(span, phase.result());
    span.end();
  }

  void end(TaskScope scope) {
    ShutdownSpan ending = own(scope);
    if (ending == null || !ENDING.remove(scope, ending)) {
      return;
    }
    Span span = ending.span;
    try {
      scope.report().ifPresent(report -> describe(span, report));
      span.end();
    } finally {
      ShutdownsUnderWay.spanEnded();
    }
  }

  /** The bridge hears of no more scopes that are closed: what has begun ends here. */
  void close() {
    bridgeIsClosed = true;
    ENDING.forEach(
        (scope, ending) -> {
          if (ending.owner == this) {
            Span phase = ending.phase;
            if (phase != null) {
              phase.end();
            }
            end(scope);
          }
        });
  }

  private static void describe(Span span, ShutdownReport report) {
    SpanAttribute.SHUTDOWN_DURATION.set(span, SpanContent.seconds(report.duration()));
    result(span, report.result());
    for (ShutdownReport.AbandonedTask task : report.ownAbandoned()) {
      span.addEvent(
          SpanAttribute.ABANDONED_EVENT,
          Attributes.builder()
              .put(SpanAttribute.SCOPE_PATH.text(), task.path())
              .put(SpanAttribute.TASK_ID.number(), task.id())
              .put(SpanAttribute.TASK_NAME.text(), task.name())
              .put(SpanAttribute.TASK_AGE.seconds(), SpanContent.seconds(task.age()))
              .put(SpanAttribute.STACK_TRACE.text(), Stacks.text(task.stack()))
              .build());
    }
  }

  private static void result(Span span, ShutdownReport.Result result) {
    SpanAttribute.SHUTDOWN_RESULT.set(span, label(result));
    if (result == ShutdownReport.Result.ABANDONED) {
      SpanAttribute.ERROR_TYPE.set(span, ABANDONED);
      span.setStatus(StatusCode.ERROR, "not everything stopped");
    }
  }

  private static String label(ShutdownReport.Result result) {
    return result.name().toLowerCase(Locale.ROOT);
  }
}
