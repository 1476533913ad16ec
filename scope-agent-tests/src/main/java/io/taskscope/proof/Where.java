// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import io.taskscope.Task;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import java.util.Optional;

/**
 * What a piece of work sees of the tree from where it runs.
 *
 * @param path of its scope; {@link #NOWHERE} outside of all scopes
 * @param member whether it is itself in an adopted task
 * @param taskId the task it is in or was started from; 0 for none
 * @param threadName its thread
 */
public record Where(String path, boolean member, long taskId, String threadName) {
  /** The path of what is outside of all scopes. */
  public static final String NOWHERE = "-";

  /** From the calling thread. */
  public static Where here() {
    Optional<Task<?>> task = Task.current();
    return new Where(
        TaskScope.current().map(TaskScope::path).orElse(NOWHERE),
        task.map(of -> of.origin() == TaskOrigin.ADOPTED).orElse(false),
        task.map(Task::id).orElse(0L),
        Thread.currentThread().getName());
  }

  /** Whether this is an adopted task of that scope. */
  public boolean isMemberOf(TaskScope scope) {
    return member && path.equals(scope.path());
  }
}
