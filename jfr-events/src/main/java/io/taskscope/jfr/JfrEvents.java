// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.hook.HookFailure;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TelemetryDrops;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Turns on the Flight Recorder events of Taskscope; {@link JfrEventName} lists them.
 *
 * <pre>{@code
 * try (HookRegistration jfr = JfrEvents.install()) {
 *   TaskScope web = TaskScope.root("web");
 *   ...
 * }
 * }</pre>
 *
 * <p>Install early: tasks that were created before are not told of. Where a tracing hook is used
 * too, register that one first, so that the events have the ids of its spans.
 *
 * <p>Which events are written, and from which duration on, is up to the settings of each recording;
 * as long as none wants an event it costs next to nothing.
 */
public final class JfrEvents {
  /** The reason by which steps and monitor waits that could not be written are counted. */
  static final String TOO_FAST = "steps_too_fast";

  private static final Object LOCK = new Object();

  private static final List<Class<? extends Event>> TYPES =
      List.of(
          TaskEvent.class,
          TaskStartEvent.class,
          TaskLiveEvent.class,
          TaskStepEvent.class,
          TaskParkEvent.class,
          TaskMonitorWaitEvent.class,
          ScopeEvent.class,
          ShutdownEvent.class,
          TaskAbandonedEvent.class,
          HookFailureEvent.class,
          StatusEvent.class);

  // The recorder tells its hooks apart by identity, so each is made once.
  private static final Map<Class<? extends Event>, Runnable> PERIODIC =
      Map.of(
          ScopeEvent.class, PeriodicEvents::scopes,
          TaskLiveEvent.class, PeriodicEvents::liveTasks,
          StatusEvent.class, PeriodicEvents::status);

  private static final Consumer<HookFailure> HOOK_FAILED = JfrHook::hookFailed;

  static {
    // Counted for as long as the JVM lives, like the losses themselves.
    TelemetryDrops.add(
        TelemetryDrops.Signal.JFR, () -> Map.of(TOO_FAST, StepEvents.DEFERRED.dropped()));
  }

  private static int users; // guarded by LOCK
  private static @Nullable HookRegistration shared; // guarded by LOCK

  private JfrEvents() {}

  /**
   * Has the events of all scopes written, from now on, into every recording that wants them. May be
   * called again: every event is still written once, until every registration has been closed.
   *
   * <p>Where the JVM has no Flight Recorder this does nothing.
   *
   * @return closing it takes the hook out, unless another registration is open; tasks that run then
   *     still write their end. Thread-safe, and may be closed twice
   */
  public static HookRegistration install() {
    synchronized (LOCK) {
      HookRegistration registration = shared;
      if (registration == null) {
        registration = start();
        shared = registration;
      }
      users++;
      return new Handle(registration);
    }
  }

  private static HookRegistration start() {
    // Makes the types known to settings and tools before the first event.
    TYPES.forEach(FlightRecorder::register);
    PERIODIC.forEach(FlightRecorder::addPeriodicEvent);
    StepEvents.warmUp();
    StepEvents.DEFERRED.start();
    Hooks.addFailureListener(HOOK_FAILED);
    return Hooks.add(new JfrHook());
  }

  private static void release() {
    synchronized (LOCK) {
      users--;
      if (users == 0 && shared != null) {
        PeriodicEvents.status(); // nobody is asked at the end of the chunk any more
        PERIODIC.values().forEach(FlightRecorder::removePeriodicEvent);
        shared.close();
        Hooks.removeFailureListener(HOOK_FAILED);
        StepEvents.DEFERRED.stop();
        shared = null;
      }
    }
  }

  /** What one caller of {@link #install} holds. */
  private record Handle(HookRegistration registration, AtomicBoolean closed)
      implements HookRegistration {
    Handle(HookRegistration registration) {
      this(registration, new AtomicBoolean());
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release();
      }
    }

    @Override
    public HookStatus status() {
      return registration.status();
    }
  }
}
