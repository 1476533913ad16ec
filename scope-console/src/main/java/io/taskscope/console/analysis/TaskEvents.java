// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.Outcome;
import io.taskscope.console.recording.Batch;
import io.taskscope.console.recording.EventKind;
import io.taskscope.console.recording.LongIntMap;
import io.taskscope.console.recording.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Adds up what Taskscope itself tells of tasks. For one thread. */
final class TaskEvents {
  /** Longer steps are slow: the limit of the metrics. */
  static final long SLOW_STEP_NANOS = 100_000_000;

  private static final int MAX_ABANDONED_IDS = 10_000;
  private static final int MAX_LIVE_LISTED = 200;

  private final Names names;
  private final ScopeTable scopes;
  private final Stacks stacks;
  private final LiveTasks live;
  private final long recordingEnd;
  final ParkGroups parks;
  final StackWeights parkWeights = new StackWeights();
  final TopTasks slowestMeanStep = new TopTasks(20);
  final TopTasks longestStep = new TopTasks(20);
  private final Set<Long> abandonedAlive = new HashSet<>();
  private final Set<Long> abandonedEnded = new HashSet<>();
  long beganBefore;
  private final int yieldName;
  private final LongMap<Outcome.Kind> outcomes = new LongMap<>();

  TaskEvents(Names names, ScopeTable scopes, Stacks stacks, LiveTasks live, long recordingEnd) {
    this.names = names;
    this.scopes = scopes;
    this.stacks = stacks;
    this.live = live;
    this.recordingEnd = recordingEnd;
    this.parks = new ParkGroups(names, stacks);
    this.yieldName = names.number("yield");
  }

  /** Tasks that end in the batch and whose beginning no event tells are known from their end. */
  void beginUnseen(Batch batch) {
    LongIntMap starts = new LongIntMap();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      EventKind kind = batch.kind(i);
      if (kind == EventKind.TASK_START || kind == EventKind.TASK_LIVE) {
        starts.put(batch.get(i, Slots.TASK_ID), 0);
      } else if (kind == EventKind.TASK && batch.get(i, Batch.DURATION) > 0) {
        ends.add(i);
      }
    }
    for (int i : ends) {
      long id = batch.get(i, Slots.TASK_ID);
      if (starts.get(id) == LongIntMap.ABSENT && live.get(id) == null) {
        beganBefore++;
        begin(batch, i, batch.get(i, Batch.START), batch.get(i, Batch.THREAD));
      }
    }
  }

  void started(Batch batch, int i) {
    scopes.get(batch.get(i, Slots.TASK_PATH)).started++;
    long id = batch.get(i, Slots.TASK_ID);
    if (live.get(id) == null && !live.endedJustNow(id)) {
      begin(batch, i, batch.get(i, Batch.START), batch.get(i, Batch.THREAD));
    } else {
      // Another thread's events came to the file first, the end of the task among them.
      beganBefore = Math.max(0, beganBefore - 1);
    }
  }

  /** A task at the beginning of a chunk: perhaps the first that is heard of it. */
  void live(Batch batch, int i) {
    long id = batch.get(i, Slots.TASK_ID);
    LiveTask task = live.get(id);
    if (task == null) {
      if (live.endedJustNow(id)) {
        return;
      }
      beganBefore++;
      task =
          begin(
              batch,
              i,
              batch.endOf(i) - batch.get(i, Slots.LIVE_AGE),
              batch.get(i, Slots.LIVE_THREAD));
    }
    task.toldAt = batch.endOf(i);
    task.running = batch.get(i, Slots.LIVE_RUNNING);
    task.queued = batch.get(i, Slots.LIVE_QUEUED);
    task.parked = batch.get(i, Slots.LIVE_PARKED);
    task.steps = batch.get(i, Slots.LIVE_STEPS);
  }

  private LiveTask begin(Batch batch, int i, long at, long thread) {
    long parent = batch.get(i, Slots.TASK_PARENT);
    LiveTask task =
        new LiveTask(
            batch.get(i, Slots.TASK_ID),
            parent,
            parent != 0 && live.get(parent) != null,
            scopes.get(batch.get(i, Slots.TASK_PATH)),
            (int) batch.get(i, Slots.TASK_NAME),
            at,
            at,
            thread);
    live.begin(task);
    return task;
  }

  void ended(Batch batch, int i) {
    long id = batch.get(i, Slots.TASK_ID);
    ScopeTotals scope = scopes.get(batch.get(i, Slots.TASK_PATH));
    LiveTask task = live.get(id);
    if (task != null) {
      scope.parkedRecorded += task.parkedRecorded;
      live.end(task);
    }
    Outcome.Kind outcome = outcome(batch.get(i, Slots.TASK_OUTCOME));
    if (outcome == Outcome.Kind.ABANDONED) {
      endedAbandoned(id); // counted when it was given up
    } else {
      scope.ended(outcome);
    }
    TaskTotals.add(batch, i, scope, names, stacks, outcome);
    long steps = batch.get(i, Slots.TASK_STEPS);
    if (steps > 0) {
      long meanStep = batch.get(i, Slots.TASK_RUNNING) / steps;
      if (meanStep >= SLOW_STEP_NANOS) {
        slowestMeanStep.offer(
            meanStep, () -> TaskTotals.record(batch, i, scope, names, stacks, outcome));
      }
    }
    occupy(scope, batch, i);
  }

  private Outcome.Kind outcome(long name) {
    Outcome.Kind known = outcomes.get(name);
    if (known == null) {
      known = outcome(names.text(name));
      outcomes.put(name, known);
    }
    return known;
  }

  private static Outcome.Kind outcome(String label) {
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    return Outcome.Kind.SUCCESS;
  }

  private static void occupy(ScopeTotals scope, Batch batch, int i) {
    if (batch.get(i, Batch.DURATION) > 0) {
      scope.occupancy.add(batch.get(i, Batch.START), batch.endOf(i));
    }
  }

  private void endedAbandoned(long id) {
    if (abandonedAlive.remove(id) && abandonedEnded.size() < MAX_ABANDONED_IDS) {
      abandonedEnded.add(id);
    }
  }

  void abandoned(long id) {
    LiveTask task = live.get(id);
    if (task != null) {
      task.abandoned = true;
    }
    if (abandonedAlive.size() < MAX_ABANDONED_IDS) {
      abandonedAlive.add(id);
    }
  }

  boolean endedAfterAbandoned(long id) {
    return abandonedEnded.contains(id);
  }

  void step(Batch batch, int i) {
    ScopeTotals scope = scopes.get(batch.get(i, Slots.STEP_PATH));
    long nanos = batch.get(i, Batch.DURATION);
    scope.recordedSteps.add(nanos, 0);
    if (nanos >= SLOW_STEP_NANOS) {
      scope.slowSteps.add(nanos, 0);
      long id = batch.get(i, Slots.STEP_TASK);
      LiveTask task = live.get(id);
      String name = task == null ? "" : names.text(task.name);
      long start = batch.get(i, Batch.START);
      longestStep.offer(
          nanos,
          () -> new TaskRecord(id, 0, scope.path(), name, "", "", start, nanos, 0, nanos, 0, 1));
    }
    if (batch.get(i, Slots.STEP_REASON) == yieldName) {
      scope.stepsByYield++;
    }
  }

  void park(Batch batch, int i, long blocker) {
    ScopeTotals scope = scopes.get(batch.get(i, Slots.PARK_PATH));
    long nanos = batch.get(i, Batch.DURATION);
    long id = batch.get(i, Slots.PARK_TASK);
    int reason = (int) batch.get(i, Slots.PARK_REASON);
    int stack = stacks.number(batch.constants(), batch.get(i, Batch.STACK));
    LiveTask task = live.get(id);
    if (task != null) {
      task.parkedRecorded += nanos;
    }
    scope.parksFor(reason, names).add(nanos, 0);
    parkWeights.add(scope.number(), stack, nanos);
    int blockerName = stacks.className(batch.constants(), blocker);
    parks.add(scope, reason, blockerName, stack, nanos, id);
  }

  /** Counts the tasks that have not ended; called once, at the end. */
  void finish() {
    for (LiveTask task : live.all()) {
      if (!task.abandoned) {
        task.scope.live++;
      }
      task.scope.occupancy.add(task.begin, recordingEnd);
    }
  }

  /** Live tasks at the end of the recording, the oldest first. */
  List<TaskRecord> liveTasks() {
    TopTasks oldest = new TopTasks(MAX_LIVE_LISTED);
    for (LiveTask task : live.all()) {
      if (!task.abandoned) {
        oldest.offer(recordingEnd - task.created, () -> record(task));
      }
    }
    return oldest.list();
  }

  /** Live tasks whose creator has ended before. */
  List<TaskRecord> orphans() {
    return live.all().stream()
        .filter(task -> task.parentSeen && !task.abandoned && live.get(task.parentId) == null)
        .map(this::record)
        .toList();
  }

  private TaskRecord record(LiveTask task) {
    return new TaskRecord(
        task.id,
        task.parentId,
        task.scope.path(),
        names.text(task.name),
        "",
        "",
        task.created,
        recordingEnd - task.created,
        task.queued,
        task.running,
        task.parked,
        task.steps);
  }

  long leftOut() {
    return live.leftOut();
  }
}
