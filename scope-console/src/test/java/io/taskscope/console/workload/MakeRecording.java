// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;

/**
 * Makes a recording of any size of a made-up web server: scopes, tasks, steps, parks, processor
 * samples, allocations, failures and a shutdown. Used to look at reports and to time them.
 */
public final class MakeRecording {
  private static final String[] PATHS = {
    "/web/app-a/handlers",
    "/web/app-a/timers",
    "/web/app-a/background",
    "/web/app-b/handlers",
    "/web/app-b/timers",
    "/web/app-b/background",
    "/web/acceptor"
  };
  private static final String[] NAMES = {
    "GET /users/{id}", "GET /orders", "POST /orders", "refresh-cache", "<script>alert(1)</script>"
  };

  private static final AtomicLong IDS = new AtomicLong();
  private static final AtomicBoolean STOP = new AtomicBoolean();
  public static volatile Object sink = "";

  private MakeRecording() {}

  /**
   * Writes the recording.
   *
   * @param args the file, its size in megabytes, and the milliseconds between tasks of a thread
   */
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    long bytes = Long.parseLong(args[1]) * 1_000_000;
    long pause = args.length > 2 ? Long.parseLong(args[2]) : 0;
    try (Recording recording = new Recording(settings())) {
      recording.setToDisk(true);
      recording.start();
      status();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int seed = i;
        threads.add(Thread.ofVirtual().start(() -> work(seed, pause)));
      }
      long until = System.nanoTime() + Duration.ofMinutes(10).toNanos();
      while (recording.getSize() < bytes && System.nanoTime() < until) {
        Thread.sleep(200);
        scopes("open");
      }
      STOP.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      shutdown();
      recording.stop();
      recording.dump(file);
    }
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    for (String event :
        List.of(
            "jdk.ExecutionSample#enabled",
            "jdk.ObjectAllocationSample#enabled",
            "jdk.JavaMonitorEnter#enabled",
            "jdk.ThreadPark#enabled",
            "jdk.JavaExceptionThrow#enabled",
            "jdk.VirtualThreadPinned#enabled",
            "jdk.ActiveSetting#enabled",
            "jdk.JVMInformation#enabled",
            "jdk.GarbageCollection#enabled",
            "jdk.ThreadStart#enabled",
            "jdk.DataLoss#enabled")) {
      settings.put(event, "true");
    }
    settings.put("jdk.ExecutionSample#period", "10 ms");
    settings.put("jdk.ObjectAllocationSample#throttle", "300/s");
    return settings;
  }

  private static void status() {
    Events.Status status = new Events.Status();
    status.agent = "on";
    status.commit();
  }

  private static void work(int seed, long pause) {
    for (int round = seed; !STOP.get(); round++) {
      String path = PATHS[round % PATHS.length];
      task(path, NAMES[round % NAMES.length], round, 0);
      if (pause > 0) {
        LockSupport.parkNanos(pause * 1_000_000);
      }
    }
  }

  private static void task(String path, String name, int round, long parent) {
    Events.TaskStart start = new Events.TaskStart();
    start.taskId = IDS.incrementAndGet();
    start.parentTaskId = parent;
    start.scopePath = path;
    start.name = name;
    start.commit();
    Events.Task task = new Events.Task();
    task.begin();
    long begun = System.nanoTime();
    handle(path, start.taskId, round);
    if (round % 3 == 0 && parent == 0) {
      task("/web/app-a/handlers/checkout", "price", round, start.taskId);
    }
    task.end();
    task.taskId = start.taskId;
    task.parentTaskId = parent;
    task.scopePath = path;
    task.name = name;
    task.outcome = round % 50 == 7 ? "failure" : round % 97 == 3 ? "cancelled" : "success";
    task.errorClass = round % 50 == 7 ? IllegalStateException.class : null;
    long took = System.nanoTime() - begun;
    task.running = took / 4;
    task.queued = took / 10;
    task.parked = took - task.running - task.queued;
    task.steps = 3;
    task.parks = 2;
    task.commit();
  }

  private static void handle(String path, long id, int round) {
    for (int step = 1; step <= 3; step++) {
      Events.TaskStep event = new Events.TaskStep();
      event.begin();
      compute(round);
      event.taskId = id;
      event.scopePath = path;
      event.step = step;
      event.queued = 1_000;
      event.reason = step < 3 ? "park" : "end";
      event.commit();
      if (step < 3) {
        if (round % 2 == 0) {
          readFromDatabase(path, id, round % 17 + 3);
        } else {
          waitForLock(path, id, round % 5 + 3);
        }
      }
    }
  }

  private static void compute(int round) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20 + round % 50; i++) {
      text.append(i * 31L);
    }
    sink = text.toString();
  }

  private static void readFromDatabase(String path, long id, int depth) {
    if (depth > 0) {
      readFromDatabase(path, id, depth - 1);
      return;
    }
    park(path, id, "timed_park", java.util.concurrent.Semaphore.class);
  }

  private static void waitForLock(String path, long id, int depth) {
    if (depth > 0) {
      waitForLock(path, id, depth - 1);
      return;
    }
    park(path, id, "park", java.util.concurrent.locks.ReentrantLock.class);
  }

  @SuppressWarnings("ThreadPriorityCheck") // how long it takes does not matter
  private static void park(String path, long id, String reason, Class<?> blocker) {
    Events.TaskPark park = new Events.TaskPark();
    park.begin();
    Thread.yield();
    park.end();
    park.taskId = id;
    park.scopePath = path;
    park.reason = reason;
    park.blocker = blocker;
    park.commit();
  }

  private static void scopes(String state) {
    long id = 1;
    for (String path : PATHS) {
      Events.Scope scope = new Events.Scope();
      scope.scopeId = id++;
      scope.scopePath = path;
      scope.state = state;
      scope.commit();
    }
  }

  private static void shutdown() throws IOException, InterruptedException {
    scopes("draining");
    for (String path : PATHS) {
      Events.Shutdown phase = new Events.Shutdown();
      phase.begin();
      long begun = System.nanoTime();
      Thread.sleep(40);
      phase.end();
      phase.scopePath = path;
      phase.phase = path.endsWith("background") ? "cancel" : "drain";
      phase.phaseDuration = System.nanoTime() - begun;
      phase.result = path.equals("/web/app-b/background") ? "abandoned" : "clean";
      phase.atStart = 3;
      phase.atEnd = path.equals("/web/app-b/background") ? 1 : 0;
      phase.commit();
    }
    Events.TaskAbandoned abandoned = new Events.TaskAbandoned();
    abandoned.taskId = IDS.incrementAndGet();
    abandoned.scopePath = "/web/app-b/background";
    abandoned.name = "import";
    abandoned.age = 3_000_000_000L;
    abandoned.stack =
        "com.example.Import.spin(Import.java:42)\ncom.example.Import.run(Import.java:17)";
    abandoned.commit();
    scopes("closed");
  }
}
