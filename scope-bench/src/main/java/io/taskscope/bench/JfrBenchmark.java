// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.ParkReason;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.StepHook;
import io.taskscope.jfr.JfrEvents;
import io.taskscope.jfr.RecordingSettings;
import java.lang.reflect.Constructor;
import java.time.Duration;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What Flight Recorder events cost a task, beside an event that does nothing else. */
public class JfrBenchmark extends NanosBenchmark {
  /** {@code off}: no recording; else the settings that one runs with. */
  @Param({"off", "production", "profile"})
  public String recording = "off";

  private final TaskScope scope = TaskScope.root("jfr");
  private final HookRegistration registration = JfrEvents.install();
  private final StepHook hook = theHook();
  private @Nullable Task<?> task;
  private @Nullable Recording running;

  /** The peer: four fields, no stack trace. */
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // Flight Recorder reads them
  private static final class BareEvent extends Event {
    long id;
    long parent;
    @Nullable String path;
    @Nullable String name;
  }

  private static StepHook theHook() {
    try { // it has no other door than install, and there only the agent calls it
      Constructor<?> maker = Class.forName("io.taskscope.jfr.JfrHook").getDeclaredConstructor();
      maker.setAccessible(true);
      return (StepHook) maker.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Setup
  public void start() {
    task = scope.call("GET /users/{id}", () -> Task.current().orElseThrow());
    if (!recording.equals("off")) {
      RecordingSettings settings =
          recording.equals("profile") ? RecordingSettings.PROFILE : RecordingSettings.PRODUCTION;
      Recording started = new Recording();
      started.setSettings(settings.configuration().getSettings());
      started.enable(BareEvent.class);
      started.setMaxSize(16L << 20);
      started.start();
      running = started;
    }
  }

  @TearDown
  public void stop() {
    if (running != null) {
      running.close();
    }
    registration.close();
    scope.shutdown(Duration.ofSeconds(10));
  }

  @Benchmark
  public boolean bareEvent() {
    BareEvent event = new BareEvent();
    event.begin();
    if (!event.shouldCommit()) {
      return false;
    }
    event.id = 1;
    event.parent = 2;
    event.path = "/web/app-a/handlers";
    event.name = "GET /users/{id}";
    event.commit();
    return true;
  }

  /** Two events, TaskStart and Task. */
  @Benchmark
  public void taskStartAndEnd() {
    hook.taskStarted(task());
    hook.taskFinished(task());
  }

  /** One step: an event in the profile only. */
  @Benchmark
  public void step() {
    hook.stepStarted(task(), 1_000);
    hook.stepEnded(task(), 10_000, null);
  }

  /** One step and the wait before it, on the task's own thread: two events in the profile only. */
  @Benchmark
  public void stepAndPark() {
    hook.stepStarted(task(), 1_000);
    hook.parkEnded(task(), 50_000, ParkReason.PARK);
    hook.stepEnded(task(), 10_000, ParkReason.PARK);
  }

  private Task<?> task() {
    Task<?> made = task;
    if (made == null) {
      throw new IllegalStateException("start has not been called");
    }
    return made;
  }
}
