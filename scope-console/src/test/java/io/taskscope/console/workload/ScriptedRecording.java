// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Recording;

/** A small recording whose true numbers are the constants of this class. */
public final class ScriptedRecording {
  public static final String HANDLERS = "/web/app-a/handlers";
  public static final String TIMERS = "/web/app-a/timers";
  public static final String EVIL = "<script>alert(1)</script>";
  public static final int HANDLED = 200;
  public static final int FAILED = 20;
  public static final int CANCELLED = 4;
  public static final int TICKS = 50;
  public static final int LIVE = 3;
  public static final long QUEUED = 2_000_000;
  public static final long RUNNING = 3_000_000;
  public static final long PARKED = 5_000_000;
  public static final int LOCK_WAITS = 40;
  public static final int EXCEPTIONS = 17;

  private static long ids;
  private static long lockWaitNanos;

  private ScriptedRecording() {}

  /** Writes it; returns the nanoseconds that the lock waits really took together. */
  public static synchronized long write(Path file) throws IOException, InterruptedException {
    return write(file, 1);
  }

  /** Times of handlers are so many times as long. */
  public static synchronized long write(Path file, long factor)
      throws IOException, InterruptedException {
    ids = 0;
    lockWaitNanos = 0;
    try (Recording recording = new Recording(Map.of("jdk.JavaExceptionThrow#enabled", "true"))) {
      recording.start();
      Thread.ofPlatform().start(() -> handlers(factor)).join();
      Thread.ofPlatform().start(ScriptedRecording::timers).join();
      recording.stop();
      recording.dump(file);
    }
    return lockWaitNanos;
  }

  private static void handlers(long factor) {
    status();
    for (int i = 0; i < HANDLED; i++) {
      String outcome = i < FAILED ? "failure" : i < FAILED + CANCELLED ? "cancelled" : "success";
      task(HANDLERS, i == 100 ? EVIL : "GET /users/{id}", outcome, factor, i < LOCK_WAITS);
    }
  }

  private static void timers() {
    for (int i = 0; i < TICKS; i++) {
      task(TIMERS, "tick", "success", 1, false);
    }
    for (int i = 0; i < LIVE; i++) {
      start(TIMERS, "still-running", 0);
    }
    shutdown();
    hookFailure();
  }

  private static void status() {
    Events.Status status = new Events.Status();
    status.agent = "on";
    status.commit();
    Events.Scope scope = new Events.Scope();
    scope.scopeId = 7;
    scope.scopePath = HANDLERS;
    scope.state = "open";
    scope.commit();
  }

  private static long start(String path, String name, long parent) {
    Events.TaskStart start = new Events.TaskStart();
    start.taskId = ++ids;
    start.parentTaskId = parent;
    start.scopePath = path;
    start.name = name;
    start.commit();
    return start.taskId;
  }

  private static void task(
      String path, String name, String outcome, long factor, boolean waitsForLock) {
    long id = start(path, name, 0);
    Events.Task task = new Events.Task();
    task.begin();
    if (waitsForLock) {
      park(path, id);
    }
    if (id <= EXCEPTIONS) {
      thrown();
    }
    task.end();
    task.taskId = id;
    task.scopePath = path;
    task.name = name;
    task.outcome = outcome;
    task.errorClass = outcome.equals("failure") ? IllegalStateException.class : null;
    task.queued = QUEUED * factor;
    task.running = RUNNING * factor;
    task.parked = PARKED * factor;
    task.steps = 2;
    task.parks = 1;
    task.commit();
  }

  private static void thrown() {
    try {
      throw new IllegalStateException("expected");
    } catch (IllegalStateException e) {
      MakeRecording.sink = e;
    }
  }

  private static void park(String path, long id) {
    Events.TaskPark park = new Events.TaskPark();
    long before = System.nanoTime();
    park.begin();
    while (System.nanoTime() - before < 2_000_000) {
      Thread.onSpinWait();
    }
    park.end();
    lockWaitNanos += System.nanoTime() - before;
    park.taskId = id;
    park.scopePath = path;
    park.reason = "park";
    park.blocker = ReentrantLock.class;
    park.commit();
  }

  private static void shutdown() {
    Events.Shutdown phase = new Events.Shutdown();
    phase.scopePath = TIMERS;
    phase.phase = "cancel";
    phase.phaseDuration = 250_000_000;
    phase.result = "abandoned";
    phase.atStart = 3;
    phase.atEnd = 1;
    phase.commit();
    Events.TaskAbandoned abandoned = new Events.TaskAbandoned();
    abandoned.taskId = ids; // the last of those that live
    abandoned.scopePath = TIMERS;
    abandoned.name = "still-running";
    abandoned.age = 1_000_000_000;
    abandoned.stack = "com.example.Import.spin(Import.java:42)";
    abandoned.commit();
  }

  private static void hookFailure() {
    for (int i = 0; i < 3; i++) {
      Events.HookFailure failure = new Events.HookFailure();
      failure.hook = "com.example.AuditHook";
      failure.method = "taskStarted";
      failure.quarantined = i == 2;
      failure.errorClass = IllegalStateException.class;
      failure.message = "no database";
      failure.commit();
    }
  }
}
