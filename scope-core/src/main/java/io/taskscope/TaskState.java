// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * Where a task stands in its life: {@code QUEUED}, then {@code RUNNING} and {@code PARKED} in
 * turns, then {@code FINISHED}.
 */
public enum TaskState {
  /** Created, and its body has not begun. */
  QUEUED,
  /** Its body is executing, or could be if a processor were free. */
  RUNNING,
  /** Its body has begun and its thread waits: for a lock, a timer, I/O or another task. */
  PARKED,
  /**
   * It has an {@link Outcome}. An abandoned task counts as finished although its thread may live
   * on.
   */
  FINISHED
}
