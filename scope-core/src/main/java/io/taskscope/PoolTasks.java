// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What tasks have given to pools, until the pool runs it or throws it away. Kept beside the work,
 * by its identity, and not wrapped around it: queues, {@code remove}, handlers and comparators of
 * the pool see what the application gave.
 *
 * <p>Work that is due later, or again and again, becomes a task each time it runs; whatever it is
 * given to might never run it, and nobody shall wait for that.
 */
final class PoolTasks {
  /** Work by identity; does not keep it in memory. */
  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object work, @Nullable ReferenceQueue<Object> queue) {
      super(work, queue);
      hash = System.identityHashCode(work);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      Object work = get();
      return other == this || (work != null && other instanceof Key key && key.refersTo(work));
    }
  }

  /**
   * What is known of a piece of work.
   *
   * @param inherited where it came from
   * @param task its task; null when it becomes one only when it runs, or none at all
   * @param name for a task
   * @param bodyClass what it does
   * @param member whether it is to be a task
   * @param again whether it may run more than once
   */
  private record Given(
      Context.Inherited inherited,
      @Nullable TaskRun<?> task,
      String name,
      Class<?> bodyClass,
      boolean member,
      boolean again) {}

  private static final Map<Key, Given> GIVEN = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();

  /** Whether anything was ever given; from then on what is thrown away is watched for. */
  private static volatile boolean any; // guarded for writing by GIVEN

  private PoolTasks() {}

  /**
   * Work is given to a pool.
   *
   * @param submitter the context of the thread that does so
   * @param work what the pool will run
   * @param named what names it: the application's part of it
   * @param later whether it is not due at once
   */
  static void submitted(Context submitter, Object work, Object named, boolean later) {
    ScopeNode scope = submitter.nearestScope();
    if (scope == null || work instanceof TaskRun<?> || Background.isOurs(named.getClass())) {
      return;
    }
    Adoption adoption = scope.options().adoption();
    if (adoption == Adoption.NONE) {
      return;
    }
    boolean member = adoption == Adoption.ALL;
    String name = Names.ofBody(named);
    TaskRun<?> task = null;
    if (member && !later) {
      task = scope.prepare(name, TaskOrigin.ADOPTED, new PooledBody(named.getClass(), work));
      if (!scope.tryAdmit(task, false)) {
        task = null; // it runs all the same, and knows where it came from
        member = false;
      }
    }
    watch();
    Given given = new Given(submitter.inheritable(), task, name, named.getClass(), member, later);
    Given before = GIVEN.put(new Key(work, GONE), given);
    if (before != null && before.task != null) {
      end(before.task, "it was given to a pool once more before it had run");
    }
  }

  /** On the thread of the pool: the work is about to run. */
  static void enters(Object work) {
    if (!any) {
      return;
    }
    Key key = new Key(work, null);
    Given given = GIVEN.get(key);
    if (given == null) {
      return;
    }
    if (!given.again) {
      GIVEN.remove(key);
    }
    Context before = Context.current();
    TaskRun<?> task = given.task != null ? given.task : taskOf(given, work);
    if (task != null && begins(task, Context.ownTask(before))) {
      Context.CARRIER.set(new Context.Pooled(task, before, work, false));
      task.tellStarted();
    } else {
      boolean interrupted = task != null && stop(work);
      Context.CARRIER.set(new Context.Pooled(given.inherited, before, work, interrupted));
    }
  }

  /**
   * Begins a task on this thread.
   *
   * @param around the task that runs it, in place of the pool
   */
  private static boolean begins(TaskRun<?> task, @Nullable TaskRun<?> around) {
    if (around != null) {
      task.nestIn(around);
    }
    boolean begun = task.beginOn(Thread.currentThread());
    if (begun) {
      TaskRun.callBegins(around, task);
    }
    return begun;
  }

  /**
   * The task was cancelled before it could begin. A future that its receiver holds is cancelled.
   * Anything else must run, because someone may wait for what it does at its end: so it is told at
   * once.
   *
   * @return whether the thread was interrupted
   */
  private static boolean stop(Object work) {
    if (work instanceof Future<?> future
        && !(work instanceof CompletableFuture.AsynchronousCompletionTask)) {
      future.cancel(false);
      return false;
    }
    Thread.currentThread().interrupt();
    return true;
  }

  /** What was to come later is a task from now on; not if its scope is about to end. */
  private static @Nullable TaskRun<?> taskOf(Given given, Object work) {
    ScopeNode scope = given.member ? given.inherited.nearestScope() : null;
    if (scope == null) {
      return null;
    }
    Context before = Context.current();
    Context.CARRIER.set(given.inherited); // where it comes from
    TaskRun<?> task;
    try {
      task = scope.prepare(given.name, TaskOrigin.ADOPTED, new PooledBody(given.bodyClass, work));
    } finally {
      Context.restore(before);
    }
    return scope.tryAdmit(task, false) ? task : null;
  }

  /**
   * On the thread of the pool: the work has run.
   *
   * @param work null for whatever was begun last on this thread
   */
  static void leaves(@Nullable Object work, @Nullable Throwable thrown) {
    Context at = Context.current();
    while (at instanceof Context.Block forgotten) { // opened by the work, and not closed
      at = forgotten.outer();
    }
    if (at instanceof Context.Pooled pooled && (work == null || pooled.work() == work)) {
      try {
        end(pooled, thrown);
      } finally {
        Context.restore(pooled.outer());
        TaskRun.callEnds(Context.ownTask(pooled.outer()));
      }
    }
  }

  private static void end(Context.Pooled pooled, @Nullable Throwable thrown) {
    if (pooled.context() instanceof TaskRun<?> task && task.body() instanceof PooledBody body) {
      Throwable error = thrown == null ? body.error() : thrown;
      if (error == null && body.wasCancelled()) {
        task.cancel("its future was cancelled");
      }
      task.endAdopted(error);
    } else if (pooled.interrupted()) {
      Thread.interrupted(); // meant for this work only
    }
  }

  /** The pool will not run it. */
  static void discarded(Object work, String why) {
    if (any) {
      Given given = GIVEN.remove(new Key(work, null));
      if (given != null && given.task != null) {
        end(given.task, why);
      }
    }
  }

  private static void end(TaskRun<?> task, String why) {
    task.endBeforeStart(Outcome.Cancelled.byCaller(why));
  }

  /** Work that nobody can run any more, because nobody has it. */
  private static void watch() {
    if (any) {
      return;
    }
    synchronized (GIVEN) {
      if (any) {
        return;
      }
      any = true;
    }
    Background.factory("taskscope-pools-").newThread(PoolTasks::watchForever).start();
  }

  private static void watchForever() {
    while (true) {
      try {
        Reference<?> gone = GONE.remove();
        Given given = GIVEN.remove(gone);
        if (given != null && given.task != null) {
          end(given.task, "its pool has thrown it away");
        }
      } catch (Throwable ignored) {
        // An interrupt means nothing here, and whatever else it is: it must go on.
      }
    }
  }
}
