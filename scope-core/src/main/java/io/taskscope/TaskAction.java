// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * The body of a task that gives no result.
 *
 * @param <X> what the body may throw
 */
@FunctionalInterface
public interface TaskAction<X extends Throwable> {
  /**
   * Does the work.
   *
   * @throws X if the work failed
   */
  void run() throws X;
}
