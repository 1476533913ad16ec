// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;

/**
 * Is told of every step in the life of scopes and tasks. Override what you need: a method that no
 * registered hook overrides costs nothing.
 *
 * <p><b>Order.</b> For one task: {@code taskCreated}, then {@code taskStarted}, then {@code
 * taskFinished}, each at most once, with {@code taskAbandoned} besides if it was given up. Hooks
 * are called in the order of registration, and {@code taskFinished}, {@code blockLeft}, {@code
 * scopeClosed} and {@code phaseEnded} in the opposite order, so that hooks nest like brackets. A
 * task keeps the hooks it was created with: one registered later does not see its end, one removed
 * while it runs still does, if it saw the start.
 *
 * <p><b>Threads.</b> Many tasks call a hook at the same time: implementations must be thread-safe.
 * They run inside the application's own threads and must neither block nor be slow.
 *
 * <p><b>Errors.</b> What a hook throws never reaches the task. It is logged once per hook and
 * method and counted; a hook that fails three times in a row is quarantined (see {@link
 * Hooks#status()}): it hears of nothing new, and only the closing methods are still called for what
 * was begun before, so that a context it has set is not left behind.
 *
 * <p><b>Delay.</b> Scope and phase methods, and {@code taskAbandoned}, are called in order but may
 * come some time after the fact, because a shutdown does not wait long for hooks: take times from
 * what is passed. In a close race {@code taskAbandoned} may come after {@code taskFinished}.
 */
public interface TaskHook {

  /** A scope has been made and can take tasks. Called by the thread that made it. */
  default void scopeOpened(TaskScope scope) {}

  /**
   * A block is left by the thread that opened it, on that thread: what {@link #scopeOpened} made
   * current there is to be taken back. Before any other method about the end of the block, unless a
   * shutdown around it was faster. Not called as long as only another thread has closed it, or
   * while a block inside it is not left.
   */
  default void blockLeft(TaskScope block) {}

  /**
   * A scope begins to end: its state is no longer {@code OPEN}. Called before any of its phases, on
   * a thread of Taskscope, or for the block form on the thread that leaves the block.
   */
  default void scopeClosing(TaskScope scope) {}

  /** A phase of the shutdown of a scope begins. On the same thread as {@link #scopeClosing}. */
  default void phaseStarted(TaskScope scope, ShutdownPhase phase) {}

  /**
   * A phase of the shutdown of a scope is over.
   *
   * @param phase what it was, how long it took and with what result
   */
  default void phaseEnded(TaskScope scope, ShutdownReport.Phase phase) {}

  /**
   * A scope is closed; {@link TaskScope#report()} has its report. Exactly once per scope.
   *
   * <p>A block-form scope that is closed with nothing left in it skips the phases: {@code
   * scopeClosing} is then directly followed by {@code scopeClosed}.
   */
  default void scopeClosed(TaskScope scope) {}

  /**
   * A task is a member of its scope, and has not begun. Called on its creator's thread, whose
   * context (current span, thread-locals) is what the task should inherit.
   */
  default void taskCreated(Task<?> task) {}

  /** The body is about to begin. On the task's own thread; for a called task, its caller's. */
  default void taskStarted(Task<?> task) {}

  /**
   * The body has ended and {@link Task#outcome()} is known. On the same thread as {@link
   * #taskStarted}; for a task that was cancelled before it began, on the thread that cancelled it
   * and without a {@code taskStarted} before. For an abandoned task this comes when its body ends
   * after all, which may be never.
   */
  default void taskFinished(Task<?> task) {}

  /**
   * A task was given up: it has the outcome {@code ABANDONED} and counts as finished, but its
   * thread goes on. On a thread of Taskscope, or the one leaving a block.
   */
  default void taskAbandoned(Task<?> task) {}
}
