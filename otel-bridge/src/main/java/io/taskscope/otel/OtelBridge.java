// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
 * trace, and so does {@linkplain DetachedWork detached work}, with a link. Inside the task the span
 * is current, together with everything else in the creator's context such as baggage. A block has a
 * span, too, which is the parent of its tasks.
 *
 * <p>Which tasks have a span is said per subtree by {@link io.taskscope.ScopeOptions#spans}, and of
 * those the SDK's sampler chooses. A task on a thread that OpenTelemetry's context does not reach,
 * such as one that a task started with {@link Thread#startVirtualThread}, gets its parent from the
 * task the thread was started in.
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
  private final TaskSpanHook hook;
  private final @Nullable Heartbeats heartbeats;

  private OtelBridge(TaskSpanHook hook, @Nullable Heartbeats heartbeats) {
    this.hook = hook;
    this.registration = Hooks.add(hook);
    this.heartbeats = heartbeats;
    if (heartbeats != null) {
      heartbeats.start();
    }
  }

  /**
   * Makes spans of all tasks that are created from now on, in every scope of the JVM.
   *
   * @param openTelemetry where the spans go, and with the log signal opted in, the exceptions
   * @return closing it stops that
   */
  public static OtelBridge install(OpenTelemetry openTelemetry) {
    return builder(openTelemetry).install();
  }

  /**
   * A hook that does so for one scope and all below it, to be given to {@link
   * io.taskscope.ScopeOptions#hook}.
   *
   * @param openTelemetry where the spans go, and with the log signal opted in, the exceptions
   */
  public static TaskHook hook(OpenTelemetry openTelemetry) {
    return builder(openTelemetry).hook();
  }

  /**
   * A bridge with options.
   *
   * @param openTelemetry where the spans go, the heartbeats, and with the log signal opted in, the
   *     exceptions
   */
  public static Builder builder(OpenTelemetry openTelemetry) {
    return new Builder(openTelemetry);
  }

  /**
   * Makes no spans of tasks that are created from now on. The spans of tasks and blocks that live
   * already end with them as usual, those of a shutdown that is under way end now. May be called
   * twice.
   */
  @Override
  public void close() {
    if (heartbeats != null) {
      heartbeats.stop();
    }
    hook.close();
    registration.close();
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private final OpenTelemetry openTelemetry;
    private BridgeOptions options = BridgeOptions.DEFAULT;

    private Builder(OpenTelemetry openTelemetry) {
      this.openTelemetry = Objects.requireNonNull(openTelemetry, "openTelemetry");
    }

    /**
     * Which spawned tasks begin a trace of their own; {@link
     * DetachedWork#OUTSIDE_THE_CREATORS_SCOPE} by default.
     */
    public Builder detachedWork(DetachedWork which) {
      Objects.requireNonNull(which, "which");
      return with(o -> o.withDetachedWork(which));
    }

    /**
     * Whether the body of a task has the path of its scope in its baggage, as {@code
     * taskscope.path}, from where it is sent on to other services. Off by default: it tells them
     * about the inside of this one.
     */
    public Builder pathInBaggage(boolean inBaggage) {
      return with(o -> o.withPathInBaggage(inBaggage));
    }

    /** Whether blocks have spans. On by default. */
    public Builder blockSpans(boolean blockSpans) {
      return with(o -> o.withBlockSpans(blockSpans));
    }

    /** Whether shutdowns have traces. On by default. */
    public Builder shutdownTraces(boolean shutdownTraces) {
      return with(o -> o.withShutdownTraces(shutdownTraces));
    }

    /**
     * Of the ticks of one timer at most one in this time has a span, so that a fast timer does not
     * flood the backend; one second by default. Of the others, one that fails has a span, at most
     * one in the same time, and what is called in them is not sampled.
     *
     * @param interval zero for a span for every tick
     * @throws IllegalArgumentException if negative
     */
    public Builder tickInterval(Duration interval) {
      Duration checked = notNegative("tickInterval", interval);
      return with(o -> o.withTickInterval(checked));
    }

    /**
     * From which age on a task that is still running is told of by a log record {@code
     * taskscope.task.heartbeat}, and again each time its age has doubled, at least every five
     * minutes; five seconds by default. Only for {@link #install}, and where OpenTelemetry takes
     * logs.
     *
     * @param age zero for none
     * @throws IllegalArgumentException if negative
     */
    public Builder heartbeatAfter(Duration age) {
      Duration checked = notNegative("heartbeatAfter", age);
      return with(o -> o.withHeartbeatAfter(checked));
    }

    private static Duration notNegative(String what, Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException(
            what + " must be zero or longer, but is " + duration + "; zero switches it off");
      }
      return duration;
    }

    private Builder with(UnaryOperator<BridgeOptions> change) {
      options = change.apply(options);
      return this;
    }

    /**
     * Makes spans of all tasks that are created from now on, in every scope of the JVM.
     *
     * @return closing it stops that
     */
    public OtelBridge install() {
      TaskSpanHook hook = makeHook(true);
      return new OtelBridge(hook, Heartbeats.of(hook, openTelemetry, options.heartbeatAfter()));
    }

    /**
     * A hook that does so for one scope and all below it, to be given to {@link
     * io.taskscope.ScopeOptions#hook}.
     */
    public TaskHook hook() {
      return makeHook(false);
    }

    private TaskSpanHook makeHook(boolean everywhere) {
      return new TaskSpanHook(
          openTelemetry,
          ExceptionRecorder.of(openTelemetry, ExceptionRecorder.configuredSignal()),
          options,
          everywhere);
    }
  }
}
