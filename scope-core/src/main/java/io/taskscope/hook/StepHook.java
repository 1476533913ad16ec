// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

import io.taskscope.ParkReason;
import io.taskscope.Task;
import org.jspecify.annotations.Nullable;

/**
 * Is told of every step of every task as well. A step is one stay of a virtual thread on a carrier;
 * between two steps it is first parked (waiting for something) and then queued (waiting for a
 * carrier). Registered like any {@link TaskHook}; without the agent no step is ever seen.
 *
 * <p><b>Order.</b> {@code stepStarted}, {@code stepEnded}, then {@code stepStarted} of the next
 * step and {@code parkEnded} of the wait before it, and so on. The first step has no park before
 * it. The last step ends with the reason null.
 *
 * <p><b>Threads.</b> The methods may run in the middle of a thread switch, on a carrier thread that
 * is neither quite the task's nor its own: they must take no lock, not wait, load no class, touch
 * no thread-local and allocate as little as they can. Hand over to a buffer that never blocks.
 * {@code parkEnded} is called on the task's own thread, with the stack of whoever waited below it,
 * for {@link ParkReason#PARK}, {@link ParkReason#TIMED_PARK}, {@link ParkReason#SLEEP} and {@link
 * ParkReason#PINNED}; for the other reasons it may come in the middle of the switch.
 *
 * <p>What is thrown counts as a failure of the hook, as for every hook; but a hook that fails in a
 * step is quarantined and logged from another thread, a moment later.
 */
public interface StepHook extends TaskHook {
  /**
   * The task has been put on a carrier.
   *
   * @param queuedNanos how long it was runnable and waited for a carrier
   */
  default void stepStarted(Task<?> task, long queuedNanos) {}

  /**
   * The task leaves its carrier.
   *
   * @param runNanos how long it was on it
   * @param reason what it waits for; null when its thread has come to its end
   */
  default void stepEnded(Task<?> task, long runNanos, @Nullable ParkReason reason) {}

  /**
   * A wait is over and the task is on a carrier again.
   *
   * @param parkedNanos how long it waited until it became runnable
   * @param reason what for
   */
  default void parkEnded(Task<?> task, long parkedNanos, ParkReason reason) {}
}
