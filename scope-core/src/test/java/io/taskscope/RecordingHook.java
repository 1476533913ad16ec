// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.TaskHook;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down every call, as "name.method subject", into a list that several of them may share. */
class RecordingHook implements TaskHook {
  private final String name;
  final List<String> calls;

  RecordingHook(String name) {
    this(name, new CopyOnWriteArrayList<>());
  }

  RecordingHook(String name, List<String> calls) {
    this.name = name;
    this.calls = calls;
  }

  private void note(String method, String subject) {
    calls.add(name + "." + method + " " + subject);
  }

  @Override
  public void scopeOpened(TaskScope scope) {
    note("opened", scope.path());
  }

  @Override
  public void scopeClosing(TaskScope scope) {
    note("closing", scope.path());
  }

  @Override
  public void phaseStarted(TaskScope scope, ShutdownPhase phase) {
    note("phaseStarted", phase + " " + scope.path());
  }

  @Override
  public void phaseEnded(TaskScope scope, ShutdownReport.Phase phase) {
    note("phaseEnded", phase.phase() + " " + scope.path());
  }

  @Override
  public void scopeClosed(TaskScope scope) {
    note("closed", scope.path());
  }

  @Override
  public void taskCreated(Task<?> task) {
    note("created", task.name());
  }

  @Override
  public void taskStarted(Task<?> task) {
    note("started", task.name());
  }

  @Override
  public void taskFinished(Task<?> task) {
    note("finished", task.name());
  }

  @Override
  public void taskAbandoned(Task<?> task) {
    note("abandoned", task.name());
  }
}
