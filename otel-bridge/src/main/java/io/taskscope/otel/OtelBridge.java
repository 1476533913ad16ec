// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;

/**
 * Makes an OpenTelemetry span of every task, and lets the task inherit the OpenTelemetry context of
 * the code that created it:
 *
 * <pre>{@code
 * try (OtelBridge bridge = OtelBridge.install(openTelemetry)) {
 *   TaskScope web = TaskScope.root("web");
 *   ...
 * }
 * }</pre>
 *
 * <p>The span is of kind {@code INTERNAL}, has the name of the task, begins when the task is
 * created (so the time it waits for its first run is inside) and ends when its body has ended. Its
 * parent is the span that is current where the task is created; where none is, the task begins a
 * trace. Inside the task the span is current, together with everything else in the creator's
 * context such as baggage. Threads that a task starts on its own do not inherit that context, as
 * OpenTelemetry keeps it in a plain thread-local.
 *
 * <p>A failed task has status {@code ERROR}, its {@code error.type} and the exception; a task that
 * was abandoned has status {@code ERROR} and the {@code error.type} {@code abandoned}, and its span
 * ends when it is given up. Success and cancellation leave the status unset. The attributes are
 * listed in the module's README.
 *
 * <p>Other hooks find the ids of the span in {@link io.taskscope.hook.TraceContext#KEY}. Install
 * the bridge before them, so that the span is current while they record.
 *
 * <p>A task has one span: where several bridges are told of it, the one that was installed first
 * makes it.
 *
 * <p>What span processors, samplers or exporters throw does not reach the task. Thread-safe.
 */
public final class OtelBridge implements AutoCloseable {
  private final HookRegistration registration;

  private OtelBridge(HookRegistration registration) {
    this.registration = registration;
  }

  /**
   * Makes spans of all tasks that are created from now on, in every scope of the JVM.
   *
   * @param openTelemetry where the spans go, and with the log signal opted in, the exceptions
   * @return closing it stops that
   */
  public static OtelBridge install(OpenTelemetry openTelemetry) {
    return new OtelBridge(Hooks.add(hook(openTelemetry)));
  }

  /**
   * A hook that does so for one scope and all below it, to be given to {@link
   * io.taskscope.ScopeOptions#hook}.
   *
   * @param openTelemetry where the spans go, and with the log signal opted in, the exceptions
   */
  public static TaskHook hook(OpenTelemetry openTelemetry) {
    return new TaskSpanHook(
        openTelemetry, ExceptionRecorder.of(openTelemetry, ExceptionRecorder.configuredSignal()));
  }

  /**
   * Makes no spans of tasks that are created from now on. The spans of tasks that live already end
   * with them as usual. May be called twice.
   */
  @Override
  public void close() {
    registration.close();
  }
}
