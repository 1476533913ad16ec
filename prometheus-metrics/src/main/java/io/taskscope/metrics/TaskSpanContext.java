// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.taskscope.Task;
import io.taskscope.hook.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * Tells Prometheus which span to show as the exemplar of a measurement: that of the {@linkplain
 * Task#current() current task}. It reads the {@link TraceContext} a tracing hook has attached to
 * the task, so it needs no tracing library, and answers nothing where there is no such hook.
 *
 * <pre>{@code
 * var registry =
 *     new PrometheusMeterRegistry(
 *         PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, new TaskSpanContext());
 * }</pre>
 *
 * <p>Within a task it is always the task's own span that is answered, also where the application
 * has opened spans of its own inside. Thread-safe.
 */
public final class TaskSpanContext implements SpanContext {
  /** The task that is being recorded on a thread that is not its own. */
  private static final ScopedValue<Task<?>> RECORDED = ScopedValue.newInstance();

  /** Creates one; all are alike. */
  public TaskSpanContext() {}

  /** Runs an action during which exemplars are those of the given task. */
  static void runAs(Task<?> task, Runnable action) {
    ScopedValue.where(RECORDED, task).run(action);
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    TraceContext context = current();
    return context == null ? null : context.traceIdHex();
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    TraceContext context = current();
    return context == null ? null : context.spanIdHex();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    TraceContext context = current();
    return context != null && context.sampled();
  }

  /** Does nothing: whether a span is exported has been decided when its task started. */
  @Override
  public void markCurrentSpanAsExemplar() {}

  private static @Nullable TraceContext current() {
    Task<?> task = RECORDED.isBound() ? RECORDED.get() : Task.current().orElse(null);
    return task == null ? null : task.attachment(TraceContext.KEY);
  }
}
