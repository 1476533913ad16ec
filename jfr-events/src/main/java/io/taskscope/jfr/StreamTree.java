// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.view.OutcomeCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;

/**
 * The live tree, from events alone, in the order of their ends. Its memory is bounded whatever the
 * events: by the limits it is made with, and what is beyond them is counted. Guarded by itself.
 */
final class StreamTree {
  private static final String OTHER = "(other)";
  private static final int ENDED_REMEMBERED = 4_096;

  /** What is kept at most. */
  record Limits(int tasks, int paths, int scopes) {
    static final Limits DEFAULT = new Limits(10_000, 1_000, 10_000);
  }

  /** The sums of one path. */
  private static final class Sums {
    long untracked;
    long live;
    long started;
    long openScopes;
    OutcomeCounts finished = OutcomeCounts.NONE;
    long queued;
    long running;
    long parked;
    long steps;
    long parks;
    final Map<JdkActivity, JdkActivity.Amount> jdk = new EnumMap<>(JdkActivity.class);
  }

  private final Limits limits;
  private final Map<String, Sums> paths = new TreeMap<>();
  private final Map<Long, StreamView.StreamTask> tasks = new LinkedHashMap<>();
  private final Map<Long, String> openScopes = new HashMap<>();
  private final ThreadTasks threads;

  /** Tasks that ended just now and may be told of once more: as given up, or as live. */
  private final Map<Long, Boolean> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > ENDED_REMEMBERED;
        }
      };

  private final Map<JdkActivity, JdkActivity.Amount> unattributed =
      new EnumMap<>(JdkActivity.class);
  private Instant at = Instant.EPOCH;
  private String agent = "";
  private boolean cpuTime; // so that samples by the clock do not count as well
  private long recorderBytes;
  private long eventsDropped;
  private long tasksUntracked;
  private long pathsOverflowed;
  private long unreadable;

  StreamTree(Limits limits) {
    this.limits = limits;
    this.threads = new ThreadTasks(limits.tasks());
  }

  /** Takes the next event; those it has no use for are ignored. */
  synchronized void accept(RecordedEvent event) {
    try {
      if (event.getEndTime().isAfter(at)) {
        at = event.getEndTime();
      }
      if (!taskscope(event)) {
        jdk(event);
      }
    } catch (IllegalArgumentException | ClassCastException e) { // a field is not there
      unreadable++;
    }
  }

  private boolean taskscope(RecordedEvent event) {
    switch (event.getEventType().getName()) {
      case JfrEventName.Literal.TASK_START -> began(event, threadId(event.getThread()), true);
      case JfrEventName.Literal.TASK_LIVE -> live(event);
      case JfrEventName.Literal.TASK -> ended(event);
      case JfrEventName.Literal.TASK_ABANDONED -> abandoned(event);
      case JfrEventName.Literal.SCOPE -> scope(event);
      case JfrEventName.Literal.STATUS -> {
        agent = text(event, "agent");
        eventsDropped = event.getLong("eventsDropped");
      }
      case JfrEventName.Literal.TASK_PARK -> park(event, JdkActivity.PARK);
      case JfrEventName.Literal.TASK_MONITOR_WAIT ->
          park(
              event,
              text(event, "reason").equals("monitor_enter") ? JdkActivity.LOCK : JdkActivity.PARK);
      default -> {
        return false;
      }
    }
    return true;
  }

  // ---- tasks

  private void began(RecordedEvent event, long threadId, boolean now) {
    StreamView.StreamTask task =
        new StreamView.StreamTask(
            event.getLong("taskId"),
            event.getLong("parentTaskId"),
            event.getLong("scopeId"),
            text(event, "scopePath"),
            text(event, "name"),
            text(event, "origin"),
            now ? event.getStartTime() : event.getStartTime().minus(sinceStart(event)),
            threadId);
    if (ended.containsKey(task.id()) || tasks.containsKey(task.id())) {
      return;
    }
    Sums sums = sums(task.path());
    sums.live++;
    if (now) {
      sums.started++;
    }
    if (tasks.size() < limits.tasks()) {
      tasks.put(task.id(), task);
    } else {
      sums.untracked++;
      tasksUntracked++;
    }
    boolean outermost = task.origin().equals("spawned") || task.origin().equals("tick");
    if (threadId != 0) {
      threads.begin(threadId, task.id(), task.path(), task.since(), outermost);
    }
  }

  private static Duration sinceStart(RecordedEvent live) {
    return Duration.ofNanos(Math.max(0, live.getLong("age") - live.getLong("startDelay")));
  }

  private void live(RecordedEvent event) {
    if (event.getLong("threadId") != 0) { // else its body has not begun, and a start will follow
      began(event, event.getLong("threadId"), false);
    }
  }

  private void ended(RecordedEvent event) {
    long id = event.getLong("taskId");
    String outcome = text(event, "outcome");
    Sums sums = sums(text(event, "scopePath"));
    threads.end(threadId(event.getThread()), id, event.getEndTime());
    sums.queued += event.getLong("queued");
    sums.running += event.getLong("running");
    sums.parked += event.getLong("parked");
    sums.steps += event.getLong("steps");
    sums.parks += event.getLong("parks");
    if (!ended.containsKey(id)) { // else it was given up before, and counts as such
      finished(id, sums, outcome);
    }
  }

  private void abandoned(RecordedEvent event) {
    long id = event.getLong("taskId");
    if (!ended.containsKey(id)) {
      finished(id, sums(text(event, "scopePath")), "abandoned");
    }
  }

  private void finished(long id, Sums sums, String outcome) {
    ended.put(id, true);
    sums.finished = sums.finished.plus(one(outcome));
    if (tasks.remove(id) != null) {
      sums.live--;
    } else if (sums.untracked > 0) {
      sums.untracked--;
      sums.live--;
    }
  }

  private static OutcomeCounts one(String outcome) {
    return switch (outcome) {
      case "success" -> new OutcomeCounts(1, 0, 0, 0);
      case "failure" -> new OutcomeCounts(0, 1, 0, 0);
      case "cancelled" -> new OutcomeCounts(0, 0, 1, 0);
      case "abandoned" -> new OutcomeCounts(0, 0, 0, 1);
      default -> throw new IllegalArgumentException("no outcome: " + outcome);
    };
  }

  private void scope(RecordedEvent event) {
    long id = event.getLong("scopeId");
    String path = text(event, "scopePath");
    if (text(event, "state").equals("closed")) {
      if (openScopes.remove(id) != null) {
        sums(path).openScopes--;
      }
    } else if (!openScopes.containsKey(id) && openScopes.size() < limits.scopes()) {
      openScopes.put(id, path);
      sums(path).openScopes++;
    }
  }

  private void park(RecordedEvent event, JdkActivity kind) {
    add(sums(text(event, "scopePath")).jdk, kind, event.getDuration().toNanos(), 0);
  }

  // ---- events of the JDK

  private void jdk(RecordedEvent event) {
    switch (event.getEventType().getName()) {
      case "jdk.CPUTimeSample" -> {
        cpuTime = true;
        join(event, event.getThread(), JdkActivity.CPU, nanos(event, "samplingPeriod"), 0);
      }
      case "jdk.ExecutionSample" -> {
        if (!cpuTime) {
          join(event, event.getThread("sampledThread"), JdkActivity.CPU, 0, 0);
        }
      }
      case "jdk.ObjectAllocationSample" ->
          join(event, event.getThread(), JdkActivity.ALLOCATION, 0, event.getLong("weight"));
      case "jdk.JavaMonitorEnter" -> join(event, JdkActivity.LOCK, 0);
      case "jdk.ThreadPark", "jdk.ThreadSleep", "jdk.JavaMonitorWait" ->
          join(event, JdkActivity.WAIT, 0);
      case "jdk.SocketRead" -> join(event, JdkActivity.SOCKET_READ, event.getLong("bytesRead"));
      case "jdk.SocketWrite" ->
          join(event, JdkActivity.SOCKET_WRITE, event.getLong("bytesWritten"));
      case "jdk.FileRead" -> join(event, JdkActivity.FILE_READ, event.getLong("bytesRead"));
      case "jdk.FileWrite" -> join(event, JdkActivity.FILE_WRITE, event.getLong("bytesWritten"));
      case "jdk.FileForce" -> join(event, JdkActivity.FILE_WRITE, 0);
      case "jdk.JavaExceptionThrow", "jdk.JavaErrorThrow" -> join(event, JdkActivity.EXCEPTION, 0);
      case "jdk.VirtualThreadPinned" -> join(event, JdkActivity.PINNED, 0);
      case "jdk.DataLoss" -> recorderBytes += event.getLong("amount");
      default -> {} // of no scope
    }
  }

  private void join(RecordedEvent event, JdkActivity kind, long bytes) {
    join(event, event.getThread(), kind, event.getDuration().toNanos(), Math.max(0, bytes));
  }

  private void join(
      RecordedEvent event,
      @Nullable RecordedThread thread,
      JdkActivity kind,
      long nanos,
      long bytes) {
    String path = threads.pathAt(threadId(thread), event.getEndTime());
    add(path == null ? unattributed : sums(path).jdk, kind, nanos, bytes);
  }

  private static void add(
      Map<JdkActivity, JdkActivity.Amount> to, JdkActivity kind, long nanos, long bytes) {
    to.merge(kind, new JdkActivity.Amount(1, nanos, bytes), JdkActivity.Amount::plus);
  }

  private static long nanos(RecordedEvent event, String field) {
    return event.hasField(field) ? event.getDuration(field).toNanos() : 0;
  }

  private static long threadId(@Nullable RecordedThread thread) {
    return thread == null ? 0 : thread.getJavaThreadId();
  }

  private static String text(RecordedEvent event, String field) {
    String value = event.getString(field);
    return value == null ? "" : value;
  }

  private Sums sums(String path) {
    Sums known = paths.get(path);
    if (known == null && paths.size() >= limits.paths()) {
      pathsOverflowed++;
      path = OTHER;
      known = paths.get(path);
    }
    if (known == null) {
      known = new Sums();
      paths.put(path, known);
    }
    return known;
  }

  // ---- what is shown

  synchronized StreamView view() {
    List<PathActivity> activities = new ArrayList<>();
    paths.forEach((path, sums) -> activities.add(activity(path, sums)));
    return new StreamView(
        at,
        activities,
        List.copyOf(tasks.values()),
        agent,
        new StreamView.Losses(
            unattributed,
            recorderBytes,
            eventsDropped,
            tasksUntracked,
            pathsOverflowed,
            unreadable));
  }

  private static PathActivity activity(String path, Sums sums) {
    return new PathActivity(
        path,
        sums.openScopes,
        sums.live,
        sums.started,
        sums.finished,
        Duration.ofNanos(sums.queued),
        Duration.ofNanos(sums.running),
        Duration.ofNanos(sums.parked),
        sums.steps,
        sums.parks,
        sums.jdk);
  }
}
