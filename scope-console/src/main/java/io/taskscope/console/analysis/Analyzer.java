// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.Outcome;
import io.taskscope.console.recording.Batch;
import io.taskscope.console.recording.EventKind;
import io.taskscope.console.recording.Names;
import io.taskscope.console.recording.RecordingReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up the events of a recording. Everything it keeps is bounded. For one thread. */
final class Analyzer implements RecordingReader.BatchSink {
  private static final int MAX_SHUTDOWNS = 2_000;
  private static final int MAX_ABANDONED = 500;
  private static final int MAX_HOOKS = 100;

  private final Names names;
  final Environment environment;
  final ScopeTable scopes;
  final Stacks stacks;
  final TaskEvents tasks;
  final ThreadEvents threads;
  final List<ShutdownPhaseRecord> shutdowns = new ArrayList<>();
  final List<AbandonedTask> abandoned = new ArrayList<>();
  final Map<String, HookFailureRecord> hooks = new HashMap<>();
  long abandonedCount;
  long shutdownCount;
  long ourEvents;

  Analyzer(Names names, long start, long end) {
    this.names = names;
    environment = new Environment(names);
    scopes = new ScopeTable(names, start, end);
    stacks = new Stacks(names);
    LiveTasks live = new LiveTasks();
    tasks = new TaskEvents(names, scopes, stacks, live, end);
    threads = new ThreadEvents(scopes, stacks, live);
  }

  @Override
  public void accept(Batch batch) {
    tasks.beginUnseen(batch);
    for (int i = 0; i < batch.size(); i++) {
      EventKind kind = batch.kind(i);
      if (kind.isOurs()) {
        ourEvents++;
      }
      switch (kind) {
        case TASK_START -> tasks.started(batch, i);
        case TASK -> tasks.ended(batch, i);
        case TASK_LIVE -> tasks.live(batch, i);
        case TASK_STEP -> tasks.step(batch, i);
        case TASK_PARK -> tasks.park(batch, i, batch.get(i, Slots.PARK_BLOCKER));
        case TASK_MONITOR_WAIT -> tasks.park(batch, i, 0);
        case SCOPE ->
            scopes.get(batch.get(i, Slots.SCOPE_PATH)).state =
                names.text(batch.get(i, Slots.SCOPE_STATE));
        case SHUTDOWN -> shutdown(batch, i);
        case TASK_ABANDONED -> abandoned(batch, i);
        case HOOK_FAILURE -> hookFailure(batch, i);
        case STATUS, JVM, SETTING, DATA_LOSS, SAMPLES_LOST -> environment.accept(kind, batch, i);
        default -> threads.accept(kind, batch, i);
      }
    }
  }

  private void shutdown(Batch batch, int i) {
    shutdownCount++;
    if (shutdowns.size() >= MAX_SHUTDOWNS) {
      return;
    }
    long nanos = batch.get(i, Slots.SHUTDOWN_DURATION);
    // The event may stand a little late; the phase itself took what its field says.
    long spanned = batch.get(i, Batch.DURATION);
    shutdowns.add(
        new ShutdownPhaseRecord(
            names.text(batch.get(i, Slots.SHUTDOWN_PATH)),
            names.text(batch.get(i, Slots.SHUTDOWN_PHASE)),
            names.text(batch.get(i, Slots.SHUTDOWN_RESULT)),
            spanned > 0 ? batch.get(i, Batch.START) : batch.endOf(i) - nanos,
            nanos,
            batch.get(i, Slots.SHUTDOWN_AT_START),
            batch.get(i, Slots.SHUTDOWN_AT_END)));
  }

  private void abandoned(Batch batch, int i) {
    abandonedCount++;
    ScopeTotals scope = scopes.get(batch.get(i, Slots.ABANDONED_PATH));
    scope.ended(Outcome.Kind.ABANDONED);
    long id = batch.get(i, Slots.ABANDONED_TASK);
    tasks.abandoned(id);
    if (abandoned.size() < MAX_ABANDONED) {
      abandoned.add(
          new AbandonedTask(
              id,
              scope.path(),
              names.text(batch.get(i, Slots.ABANDONED_NAME)),
              batch.endOf(i),
              batch.get(i, Slots.ABANDONED_AGE),
              false,
              names.text(batch.get(i, Slots.ABANDONED_STACK)).lines().toList()));
    }
  }

  private void hookFailure(Batch batch, int i) {
    String hook = names.text(batch.get(i, Slots.HOOK));
    String method = names.text(batch.get(i, Slots.HOOK_METHOD));
    boolean quarantined = batch.get(i, Slots.HOOK_QUARANTINED) != 0;
    String key = hook + "#" + method;
    HookFailureRecord known = hooks.get(key);
    if (known != null) {
      hooks.put(
          key,
          new HookFailureRecord(
              hook,
              method,
              known.error(),
              known.stack(),
              known.count() + 1,
              known.quarantined() || quarantined));
    } else if (hooks.size() < MAX_HOOKS) {
      String error =
          names.text(stacks.className(batch.constants(), batch.get(i, Slots.HOOK_ERROR)));
      String message = names.text(batch.get(i, Slots.HOOK_MESSAGE));
      hooks.put(
          key,
          new HookFailureRecord(
              hook,
              method,
              message.isEmpty() ? error : error + ": " + message,
              names.text(batch.get(i, Slots.HOOK_STACK)),
              1,
              quarantined));
    }
  }

  /** What was given up, with what is known now of its end. */
  List<AbandonedTask> abandonedTasks() {
    return abandoned.stream()
        .map(
            task ->
                new AbandonedTask(
                    task.id(),
                    task.path(),
                    task.name(),
                    task.atNanos(),
                    task.age(),
                    tasks.endedAfterAbandoned(task.id()),
                    task.stack()))
        .toList();
  }
}
