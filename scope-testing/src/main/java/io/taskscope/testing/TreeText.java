// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.ScopeView;
import io.taskscope.view.TaskView;

/** A tree as text, for messages: a line for each scope and each of its first live tasks. */
final class TreeText {
  private static final int MAX_SCOPES = 100;
  private static final int MAX_TASKS = 10;

  private TreeText() {}

  static String of(ScopeView top) {
    StringBuilder text = new StringBuilder();
    top.all().limit(MAX_SCOPES).forEach(scope -> append(text, scope));
    long more = top.all().count() - MAX_SCOPES;
    if (more > 0) {
      text.append("  … and ").append(more).append(" more scopes\n");
    }
    return text.toString();
  }

  private static void append(StringBuilder text, ScopeView scope) {
    OutcomeCounts finished = scope.finished();
    text.append(
        "  %s %s live=%s started=%s success=%s failure=%s cancelled=%s abandoned=%s\n"
            .formatted(
                scope.path(),
                scope.state(),
                scope.live(),
                scope.started(),
                finished.success(),
                finished.failure(),
                finished.cancelled(),
                finished.abandoned()));
    for (TaskView task : scope.tasks().stream().limit(MAX_TASKS).toList()) {
      text.append("    task %s \"%s\" %s\n".formatted(task.id(), task.name(), task.state()));
    }
    if (scope.tasks().size() > MAX_TASKS) {
      text.append("    … and ").append(scope.tasks().size() - MAX_TASKS).append(" more tasks\n");
    }
  }
}
