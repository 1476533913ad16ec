// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.replay;

import io.taskscope.console.recording.Batch;
import io.taskscope.console.recording.EventKind;
import io.taskscope.console.recording.Names;
import io.taskscope.console.recording.RecordingReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds out which tasks lived at a point in time: those that began before and had not ended. Keeps
 * only these, so memory depends on how many live at once.
 */
final class TreeCollector implements RecordingReader.BatchSink {
  private static final int MAX_TASKS = 1_000_000;
  private static final int MAX_SCOPES = 100_000;
  private static final int LISTED = 10_000;

  private static final int ID = EventKind.TASK.slot("taskId");
  private static final int PARENT = EventKind.TASK.slot("parentTaskId");
  private static final int PATH = EventKind.TASK.slot("scopePath");
  private static final int NAME = EventKind.TASK.slot("name");

  private final Names names;
  private final long at;
  private final Map<Long, Task> tasks = new HashMap<>();
  // Ended, and the beginning comes later in the file; of this batch and the one before.
  private Set<Long> ended = new HashSet<>();
  private Set<Long> endedBefore = new HashSet<>();
  private final Map<Long, Scope> scopes = new HashMap<>();
  private final Map<String, String> phases = new HashMap<>();

  private static final class Task {
    long parent;
    String path = "";
    String name = "";
    long start;
    String state = "live";
    String reason = "";
    long since;
  }

  private record Scope(String path, String state) {}

  TreeCollector(Names names, long at) {
    this.names = names;
    this.at = at;
  }

  @Override
  public void accept(Batch batch) {
    endedBefore = ended;
    ended = new HashSet<>();
    for (int i = 0; i < batch.size(); i++) {
      switch (batch.kind(i)) {
        case TASK_START -> began(batch, i, batch.get(i, Batch.START));
        case TASK_LIVE ->
            began(batch, i, batch.endOf(i) - batch.get(i, EventKind.TASK_LIVE.slot("age")));
        case TASK -> task(batch, i);
        case TASK_ABANDONED -> {
          if (batch.endOf(i) <= at) {
            end(batch.get(i, EventKind.TASK_ABANDONED.slot("taskId")));
          }
        }
        case TASK_PARK, TASK_MONITOR_WAIT -> parked(batch, i);
        case TASK_STEP -> {
          if (covers(batch, i)) {
            state(batch.get(i, EventKind.TASK_STEP.slot("taskId")), "running", "", batch, i);
          }
        }
        case SCOPE -> scope(batch, i);
        case SHUTDOWN -> {
          if (covers(batch, i)) {
            phases.put(
                names.text(batch.get(i, EventKind.SHUTDOWN.slot("scopePath"))),
                names.text(batch.get(i, EventKind.SHUTDOWN.slot("phase"))));
          }
        }
        default -> {}
      }
    }
  }

  private boolean covers(Batch batch, int i) {
    return batch.get(i, Batch.START) <= at && at < batch.endOf(i);
  }

  private void began(Batch batch, int i, long start) {
    long id = batch.get(i, ID);
    if (batch.get(i, Batch.START) <= at && !ended.contains(id) && !endedBefore.contains(id)) {
      put(batch, i, start);
    }
  }

  private void task(Batch batch, int i) {
    if (batch.endOf(i) <= at) {
      end(batch.get(i, ID));
    } else if (batch.get(i, Batch.START) <= at) {
      put(batch, i, batch.get(i, Batch.START));
    }
  }

  private void end(long id) {
    if (tasks.remove(id) == null) {
      ended.add(id);
    }
  }

  private void put(Batch batch, int i, long start) {
    Task task = tasks.get(batch.get(i, ID));
    if (task == null) {
      if (tasks.size() >= MAX_TASKS) {
        return;
      }
      task = new Task();
      tasks.put(batch.get(i, ID), task);
      task.start = start;
    } else if (!task.path.isEmpty()) {
      return;
    }
    task.start = start;
    task.parent = batch.get(i, PARENT);
    task.path = names.text(batch.get(i, PATH));
    task.name = names.text(batch.get(i, NAME));
  }

  private void parked(Batch batch, int i) {
    EventKind kind = batch.kind(i);
    long id = batch.get(i, kind.slot("taskId"));
    if (covers(batch, i)) {
      state(id, "parked", names.text(batch.get(i, kind.slot("reason"))), batch, i);
    } else if (batch.endOf(i) <= at && at < batch.endOf(i) + batch.get(i, kind.slot("queued"))) {
      state(id, "queued", "", batch, i);
    }
  }

  /**
   * The event may come to the file before the beginning of the task; then that fills in the rest.
   */
  private void state(long id, String state, String reason, Batch batch, int i) {
    Task task = tasks.get(id);
    if (task == null && tasks.size() < MAX_TASKS) {
      task = new Task();
      tasks.put(id, task);
    }
    if (task != null) {
      task.state = state;
      task.reason = reason;
      task.since = state.equals("queued") ? batch.endOf(i) : batch.get(i, Batch.START);
    }
  }

  private void scope(Batch batch, int i) {
    if (batch.endOf(i) > at) {
      return;
    }
    long id = batch.get(i, EventKind.SCOPE.slot("scopeId"));
    String state = names.text(batch.get(i, EventKind.SCOPE.slot("state")));
    if (state.equals("closed")) {
      scopes.remove(id);
    } else if (scopes.size() < MAX_SCOPES) {
      scopes.put(id, new Scope(names.text(batch.get(i, EventKind.SCOPE.slot("scopePath"))), state));
    }
  }

  TreeAt tree() {
    tasks.values().removeIf(task -> task.path.isEmpty()); // only a part of them was recorded
    Map<String, long[]> counts = new TreeMap<>();
    for (Task task : tasks.values()) {
      long[] count = counts.computeIfAbsent(task.path, path -> new long[5]);
      count[0]++;
      switch (task.state) {
        case "queued" -> count[1]++;
        case "running" -> count[2]++;
        case "parked" -> count[3]++;
        default -> {}
      }
    }
    Map<String, String> states = new HashMap<>();
    for (Scope scope : scopes.values()) {
      counts.computeIfAbsent(scope.path(), path -> new long[5])[4]++;
      states.merge(scope.path(), scope.state(), (a, b) -> a.equals("open") ? a : b);
    }
    phases.keySet().forEach(path -> counts.computeIfAbsent(path, p -> new long[5]));
    List<TreeAt.ScopeAt> rows = new ArrayList<>();
    counts.forEach(
        (path, count) ->
            rows.add(
                new TreeAt.ScopeAt(
                    path,
                    states.getOrDefault(path, ""),
                    phases.getOrDefault(path, ""),
                    count[4],
                    count[0],
                    count[1],
                    count[2],
                    count[3])));
    return new TreeAt(at, rows, oldest(), tasks.size());
  }

  private List<TreeAt.TaskAt> oldest() {
    return tasks.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<Long, Task> e) -> e.getValue().start)
                .thenComparing(Map.Entry::getKey))
        .limit(LISTED)
        .map(entry -> view(entry.getKey(), entry.getValue()))
        .toList();
  }

  private TreeAt.TaskAt view(long id, Task task) {
    return new TreeAt.TaskAt(
        id,
        task.parent,
        task.path,
        task.name,
        at - task.start,
        task.state,
        task.reason,
        task.since == 0 ? 0 : at - task.since);
  }
}
