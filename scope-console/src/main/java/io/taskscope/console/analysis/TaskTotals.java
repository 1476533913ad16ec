// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.Outcome;
import io.taskscope.console.recording.Batch;
import io.taskscope.console.recording.Names;

/** Adds a task that has ended to the totals of its scope. */
final class TaskTotals {
  private TaskTotals() {}

  static void add(
      Batch batch, int i, ScopeTotals scope, Names names, Stacks stacks, Outcome.Kind outcome) {
    long queued = batch.get(i, Slots.TASK_QUEUED);
    long running = batch.get(i, Slots.TASK_RUNNING);
    long parked = batch.get(i, Slots.TASK_PARKED);
    long age = age(batch, i);
    scope.queued += queued;
    scope.running += running;
    scope.parked += parked;
    scope.steps += batch.get(i, Slots.TASK_STEPS);
    scope.parks += batch.get(i, Slots.TASK_PARKS);
    scope.durations.add(age);
    NameTotals name = scope.nameTotals(batch.get(i, Slots.TASK_NAME), names);
    name.durations.add(age);
    name.queued += queued;
    name.running += running;
    name.parked += parked;
    if (outcome == Outcome.Kind.FAILURE) {
      name.failures++;
      scope.errors.get(errorClass(batch, i, names, stacks)).add(age, 0);
    }
    scope.slowest.offer(age, () -> record(batch, i, scope, names, stacks, outcome));
  }

  /** From its creation to its end: the parts together, or the event where there are none. */
  private static long age(Batch batch, int i) {
    long parts =
        batch.get(i, Slots.TASK_QUEUED)
            + batch.get(i, Slots.TASK_RUNNING)
            + batch.get(i, Slots.TASK_PARKED);
    return parts > 0 ? parts : batch.get(i, Batch.DURATION);
  }

  private static String errorClass(Batch batch, int i, Names names, Stacks stacks) {
    String name = names.text(stacks.className(batch.constants(), batch.get(i, Slots.TASK_ERROR)));
    return name.isEmpty() ? "(unknown)" : name;
  }

  static TaskRecord record(
      Batch batch, int i, ScopeTotals scope, Names names, Stacks stacks, Outcome.Kind outcome) {
    long age = age(batch, i);
    return new TaskRecord(
        batch.get(i, Slots.TASK_ID),
        batch.get(i, Slots.TASK_PARENT),
        scope.path(),
        names.text(batch.get(i, Slots.TASK_NAME)),
        outcome.label(),
        outcome == Outcome.Kind.FAILURE ? errorClass(batch, i, names, stacks) : "",
        batch.endOf(i) - age,
        age,
        batch.get(i, Slots.TASK_QUEUED),
        batch.get(i, Slots.TASK_RUNNING),
        batch.get(i, Slots.TASK_PARKED),
        batch.get(i, Slots.TASK_STEPS));
  }
}
