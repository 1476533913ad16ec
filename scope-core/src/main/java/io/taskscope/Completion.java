// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.jspecify.annotations.Nullable;

/**
 * A task that has ended.
 *
 * @param task the task; {@code isDone()} is true
 * @param outcome how it ended
 * @param <T> the type of its result
 */
public record Completion<T extends @Nullable Object>(Task<T> task, Outcome outcome) {

  /**
   * The result.
   *
   * @throws IllegalStateException if the task did not end with success
   */
  public T result() {
    return task.resultNow();
  }

  /** Whether the body returned. */
  public boolean isSuccess() {
    return outcome instanceof Outcome.Success;
  }

  /** What the body threw; null unless it failed. */
  public @Nullable Throwable error() {
    return outcome instanceof Outcome.Failure failure ? failure.error() : null;
  }
}
