// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * Decides what happens when a task of a scope, or of a scope below it, has failed.
 *
 * <p>Called on the thread of the failed task, after the task has finished and left its scope, so a
 * handler that blocks delays neither {@code join} nor a shutdown. Several tasks may fail at once: a
 * handler must be safe for use by many threads. A handler that throws counts as {@link
 * Decision#ESCALATE}, with what it threw added to the error as suppressed.
 */
@FunctionalInterface
public interface FailureHandler {
  /**
   * Decides about one failure.
   *
   * @param task the failed task; its {@link Task#outcome()} is a {@link Outcome.Failure}
   * @param error what its body threw
   * @return what to do with it
   */
  Decision onFailure(Task<?> task, Throwable error);
}
