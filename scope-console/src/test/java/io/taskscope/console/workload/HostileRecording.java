// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Recording;

/** A recording whose names try to break out of whatever shows them. */
public final class HostileRecording {
  /** What a page runs if it takes a name for markup. */
  private static final String ATTACK = "window.hacked=1";

  public static final String DIRECTION = "invoice\u202efdp.exe";
  public static final String TERMINAL = "\u001b]0;owned\u0007\u001b[31mred";
  public static final String LONG = "long-" + "x".repeat(5_000);
  public static final List<String> NAMES =
      List.of(
          "<script>" + ATTACK + "</script>",
          "</script><script>" + ATTACK + "</script>",
          "\"><img src=x onerror=" + ATTACK + ">",
          "' onfocus='" + ATTACK + "' autofocus='",
          "--><svg onload=" + ATTACK + ">",
          "{{data}} {{script}} ${" + ATTACK + "}",
          "&lt;b&gt; &amp; \\u003c \\",
          "__proto__",
          "\ud83e\uddf5 \ud83d\udd25 \u05e9\u05dc\u05d5\u05dd",
          "two\nlines\tand\u2028more",
          DIRECTION,
          TERMINAL,
          LONG);
  public static final String SCOPE = "/web/<img src=x onerror=" + ATTACK + ">";

  private HostileRecording() {}

  /** Writes it. */
  public static void write(Path file) throws IOException {
    try (Recording recording = new Recording()) {
      recording.start();
      Events.Status status = new Events.Status();
      status.agent = "partial";
      status.missing = NAMES.getFirst();
      status.commit();
      for (int i = 0; i < NAMES.size(); i++) {
        task(i + 1, NAMES.get(i));
        given(i + 1, NAMES.get(i));
      }
      recording.stop();
      recording.dump(file);
    }
  }

  private static void task(long id, String name) {
    Events.TaskStart start = new Events.TaskStart();
    start.taskId = id;
    start.scopePath = SCOPE;
    start.name = name;
    start.commit();
    Events.Task task = new Events.Task();
    task.begin();
    Events.TaskPark park = new Events.TaskPark();
    park.begin();
    park.end();
    park.taskId = id;
    park.scopePath = SCOPE;
    park.reason = name;
    park.blocker = ReentrantLock.class;
    park.commit();
    task.end();
    task.taskId = id;
    task.scopePath = SCOPE;
    task.name = name;
    task.outcome = "failure";
    task.errorClass = IllegalStateException.class;
    task.queued = 1_000_000;
    task.running = 2_000_000;
    task.parked = 3_000_000;
    task.steps = 2;
    task.parks = 1;
    task.commit();
  }

  private static void given(long id, String name) {
    Events.Shutdown phase = new Events.Shutdown();
    phase.scopePath = SCOPE;
    phase.phase = name;
    phase.result = name;
    phase.phaseDuration = 1_000_000;
    phase.commit();
    Events.TaskAbandoned abandoned = new Events.TaskAbandoned();
    abandoned.taskId = 1_000 + id;
    abandoned.scopePath = SCOPE;
    abandoned.name = name;
    abandoned.age = 1_000_000;
    abandoned.stack = name;
    abandoned.commit();
    Events.HookFailure failure = new Events.HookFailure();
    failure.hook = name;
    failure.method = "taskStarted";
    failure.errorClass = IllegalStateException.class;
    failure.message = name;
    failure.commit();
  }
}
