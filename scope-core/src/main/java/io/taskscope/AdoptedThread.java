// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.jspecify.annotations.Nullable;

/**
 * A thread that was started by a task, or in a block, and that the agent has told of: its whole
 * life is a task of the scope. This is the body of that task.
 *
 * <p>The task is made by whoever starts the thread, and is the thread's context from then on. A
 * virtual thread begins it when it runs for the first time; a platform thread counts as begun when
 * it is started, because its class may have a {@code run} of its own that nobody can hook, and the
 * hooks are told as soon as the thread shows up, at the latest at its end.
 */
final class AdoptedThread {
  private final Class<?> bodyClass;
  private final boolean background;
  private @Nullable Throwable error; // own thread only
  private boolean hooksTold; // own thread only

  private AdoptedThread(Class<?> bodyClass, boolean background) {
    this.bodyClass = bodyClass;
    this.background = background;
  }

  /** Whether nobody waits for it: a daemon. */
  boolean isBackground() {
    return background;
  }

  Class<?> bodyClass() {
    return bodyClass;
  }

  /**
   * A thread is about to be started.
   *
   * @param starter the context of the thread that starts it
   * @param body what it will run; null if that could not be told
   * @param background whether it was made a daemon, and not only inherited that
   * @return its task, which shall be its context; null if it is not adopted
   */
  static @Nullable TaskRun<?> starts(
      Context starter, Thread thread, @Nullable Object body, boolean background) {
    if (body instanceof TaskRun<?> || body instanceof AdoptedThreads.Body) {
      return null; // they see to it themselves
    }
    if (Background.isOurs(thread)) {
      return null;
    }
    ScopeNode scope = starter.nearestScope();
    if (scope == null || scope.options().adoption().compareTo(Adoption.THREADS) > 0) {
      return null;
    }
    Object named = body == null ? thread : body;
    String name = Names.ofThread(thread, named);
    TaskRun<?> task =
        scope.prepare(name, TaskOrigin.ADOPTED, new AdoptedThread(named.getClass(), background));
    if (!scope.tryAdmit(task, background)) {
      return null; // it starts all the same, and is told nothing: it is not ours
    }
    if (!thread.isVirtual() && !task.beginOn(thread)) {
      return null; // cancelled by a hook, for instance
    }
    return task;
  }

  /** On the thread itself, before its body. */
  static void begins(@Nullable TaskRun<?> task, Thread thread) {
    if (task != null && task.body() instanceof AdoptedThread adopted && !adopted.hooksTold) {
      if (task.thread().orElse(null) == thread || task.beginOn(thread)) {
        adopted.hooksTold = true;
        task.tellStarted();
      } else {
        thread.interrupt(); // cancelled before it began: it runs, but is told at once
      }
    }
  }

  /** On the thread itself: something was thrown that its body did not catch. */
  static void fails(@Nullable TaskRun<?> task, Thread thread, Throwable thrown) {
    if (task != null && task.body() instanceof AdoptedThread adopted) {
      adopted.error = thrown;
    }
  }

  /** On the thread itself, after its body. */
  static void ends(@Nullable TaskRun<?> task, Thread thread) {
    if (task != null
        && task.body() instanceof AdoptedThread adopted
        && task.thread().orElse(null) == thread) {
      begins(task, thread);
      task.endAdopted(adopted.error);
    }
  }

  /** It could not be started after all. */
  static void notStarted(@Nullable TaskRun<?> task, Thread thread, Throwable why) {
    if (task != null && task.body() instanceof AdoptedThread && !thread.isAlive()) {
      task.neverRan(why);
    }
  }

  /** The container for a thread that is started in this context; null for the usual one. */
  static @Nullable Object container(Context starter) {
    ScopeNode scope = starter.nearestScope();
    return scope == null || scope.options().adoption().compareTo(Adoption.THREADS) > 0
        ? null
        : ScopeContainers.of(scope);
  }
}
