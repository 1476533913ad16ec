// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Optional;

/**
 * Starts a task again and again, or once. Made by {@link TaskScope#every} and {@link
 * TaskScope#after}. Every tick is a task of the scope; a tick that fails goes to the failure
 * handlers and the timer goes on. A timer is no task itself: it keeps nobody waiting, and stops
 * when its scope begins to shut down.
 *
 * <p>Thread-safe.
 */
public sealed interface Timer permits ScopeTimer {
  /** The name of the timer and of its ticks. */
  String name();

  /** The scope its ticks belong to. */
  TaskScope scope();

  /** Whether there will be another tick. */
  boolean isActive();

  /** How many ticks were started. */
  long ticks();

  /**
   * How many ticks were left out because the one before was still live, or the process was asleep.
   */
  long skipped();

  /** The tick that was started last; empty before the first one. */
  Optional<Task<?>> lastTick();

  /** Stops the timer; a tick that is under way goes on. */
  void cancel();
}
