// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.Outcome;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;

/** Records what can only be seen when it happens: how long tasks and shutdowns took. */
final class MetricsHook implements TaskHook {
  private final TaskscopeMetrics metrics;
  private final PathTable table;

  MetricsHook(TaskscopeMetrics metrics, PathTable table) {
    this.metrics = metrics;
    this.table = table;
  }

  @Override
  public void scopeOpened(TaskScope scope) {
    if (metrics.isClosed()) {
      return;
    }
    table.opened(scope.statisticsPath(), !scope.isBlock());
    if (table.isOverdue()) {
      metrics.refresh();
    }
  }

  @Override
  public void phaseEnded(TaskScope scope, ShutdownReport.Phase phase) {
    if (!scope.isBlock() && !metrics.isClosed()) {
      table.shutdownsOf(scope.statisticsPath()).phaseEnded(phase);
    }
  }

  @Override
  public void scopeClosed(TaskScope scope) {
    if (!scope.isBlock() && !metrics.isClosed()) {
      scope
          .report()
          .ifPresent(report -> table.shutdownsOf(scope.statisticsPath()).ended(report.result()));
    }
  }

  @Override
  public void taskStarted(Task<?> task) {
    if (!metrics.isClosed()) {
      PathSeries series = table.of(task.scope().statisticsPath());
      series.started(task, task.times().startDelay().toNanos());
    }
  }

  @Override
  public void taskFinished(Task<?> task) {
    Outcome outcome = task.outcome().orElse(null);
    // A task that was abandoned has been recorded then.
    if (outcome != null && outcome.kind() != Outcome.Kind.ABANDONED && !metrics.isClosed()) {
      if (task.hasStarted()) {
        record(task, outcome.kind());
      } else { // on the thread of whoever cancelled it
        TaskSpanContext.runAs(task, () -> record(task, outcome.kind()));
      }
    }
  }

  @Override
  public void taskAbandoned(Task<?> task) {
    if (!metrics.isClosed()) {
      TaskSpanContext.runAs(task, () -> record(task, Outcome.Kind.ABANDONED));
    }
  }

  private void record(Task<?> task, Outcome.Kind outcome) {
    PathSeries series = table.of(task.scope().statisticsPath());
    series.ended(task, outcome, task.times().age().toNanos());
  }
}
