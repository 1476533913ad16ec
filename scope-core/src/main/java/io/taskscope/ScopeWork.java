// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.internal.HookRegistry;
import io.taskscope.internal.HookSet;
import io.taskscope.view.FinishedTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** What goes on in a scope: tasks come in, end, fail, are cancelled and waited for. */
abstract sealed class ScopeWork extends ScopePlace permits ScopeNode {
  private final CreationSite creationSite;
  private final HookRegistry.Local hooks;
  private final TaskRegistry registry;
  private final @Nullable History history;
  private final Streams streams = new Streams();
  final FirstFailure failure = new FirstFailure(self());
  final Quiet quiet = new Quiet(self());
  final Timers timers = new Timers(self());
  private @Nullable String lastTaskName; // a race is harmless: the name is checked once more

  /** Whether someone has waited for the tasks to their end. */
  private volatile boolean joined;

  ScopeWork(@Nullable ScopeNode parent, String name, boolean block, ScopeOptions options) {
    super(parent, name, block, options);
    this.creationSite = options().creationSite();
    this.hooks =
        (parent == null ? HookRegistry.Local.NONE : ((ScopeWork) parent).hooks).with(options.hooks);
    this.registry = block ? TaskRegistry.ofBlock(self()) : TaskRegistry.ofLongLived(self());
    this.history = block ? null : new History(options.history, tree().history());
  }

  @Override
  public <T extends @Nullable Object> Task<T> spawn(String name, Callable<? extends T> body) {
    return start(this.<T>prepare(name, TaskOrigin.SPAWNED, body));
  }

  @Override
  public Task<@Nullable Void> spawn(String name, TaskAction<?> body) {
    return start(this.<@Nullable Void>prepare(name, TaskOrigin.SPAWNED, body));
  }

  /** A task that is not a member yet. */
  <T extends @Nullable Object> TaskRun<T> prepare(String name, TaskOrigin origin, Object body) {
    return new TaskRun<>(self(), checkedTaskName(name), origin, body);
  }

  /** Makes it a member, and starts it on a virtual thread of its own. */
  <T extends @Nullable Object> TaskRun<T> start(TaskRun<T> task) {
    admit(task);
    try {
      ScopeContainers.start(Thread.ofVirtual().name(task.name()).unstarted(task), self());
    } catch (Throwable noThread) { // out of memory, most likely; the caller must know
      task.retrieved = task.origin() != TaskOrigin.TICK; // nobody calls that
      task.endBeforeStart(new Outcome.Failure(noThread));
      throw noThread;
    }
    return task;
  }

  @Override
  public <T extends @Nullable Object, X extends Throwable> T call(
      String name, ScopedValue.CallableOp<? extends T, X> body) throws X {
    return this.<T, X>runHere(name, body, body);
  }

  @Override
  public <X extends Throwable> void call(String name, TaskAction<X> body) throws X {
    this.<@Nullable Void, X>runHere(
        name,
        body,
        () -> {
          body.run();
          return null;
        });
  }

  /**
   * @param body what the caller gave, to tell its class
   */
  private <T extends @Nullable Object, X extends Throwable> T runHere(
      String name, Object body, ScopedValue.CallableOp<? extends T, X> op) throws X {
    if (Context.ownTask() != null) { // one task inside the other: it may be a recursion
      StackReserve.check();
    }
    TaskRun<T> task = prepare(name, TaskOrigin.CALLED, body);
    admit(task);
    return task.runHere(op);
  }

  private void admit(TaskRun<?> task) {
    if (!tryAdmit(task)) {
      throw new ScopeClosedException(
          "scope %s is %s: it takes no new task \"%s\"%s"
              .formatted(
                  path(),
                  self().standing(),
                  task.name(),
                  state == ScopeState.DRAINING ? " from outside" : ""));
    }
  }

  /** Makes the task a member; false if this scope does not take it now. */
  boolean tryAdmit(TaskRun<?> task) {
    return tryAdmit(task, false);
  }

  /**
   * Makes the task a member; false if this scope does not take it now.
   *
   * @param background whether nobody waits for it
   */
  boolean tryAdmit(TaskRun<?> task, boolean background) {
    if (!registry.add(task)) {
      return false;
    }
    if (background) {
      registry.exempt(task);
      quiet.maybeReached(); // someone may have looked in between
    }
    stats().started(task.origin(), Thread.currentThread().threadId());
    if (creationSite != CreationSite.OFF) {
      CreationSites.take(task, creationSite);
    }
    task.created();
    FirstFailure.cancelLatecomer(task);
    return true;
  }

  /** Called with the lock of a lane held. */
  boolean admitsTask() {
    return switch (state) {
      case OPEN -> true;
      case DRAINING -> isInside(Context.currentScope());
      case CANCELLING, CLOSED -> false;
    };
  }

  private boolean isInside(@Nullable ScopeNode caller) {
    return caller != null && caller.isAtOrBelow(self());
  }

  @SuppressWarnings("ReferenceEquality") // a cheap guess; a wrong one costs a second check
  private String checkedTaskName(String name) {
    Objects.requireNonNull(name, "task name");
    if (name != lastTaskName) { // most callers pass the same constant again and again
      lastTaskName = Checks.taskName(name);
    }
    return name;
  }

  /**
   * A task of this scope has failed, and has not left yet.
   *
   * @return whether the error is kept for {@link #join}, or for the end of the scope
   */
  boolean failed(TaskRun<?> task, Throwable error) {
    return options().policy == Policy.FAIL_FAST && failure.record(task, error);
  }

  /**
   * A task has its outcome and goes.
   *
   * @return false if it had gone before
   */
  boolean leave(TaskRun<?> task, Outcome how, long created, long started, long finished) {
    Lane.Chunk claimed = TaskRegistry.claim(task);
    if (claimed == null) {
      return false;
    }
    task.settleSteps(finished);
    History kept = nearestHistory();
    if (kept != null) { // before it is gone from the live ones, so that it can always be found
      kept.add(task, how, created, started, finished);
    }
    registry.remove(task, claimed, how.kind());
    stats().finished(how.kind(), task.id());
    task.left = true; // after all counting: whoever sees the end sees counts that include it
    if (streams.offer(task)) {
      task.retrieved = true;
    }
    registry.departed(task);
    quiet.taskLeft();
    return true;
  }

  /** Blocks have none of their own. */
  final boolean hasOwnHistory() {
    return history != null;
  }

  final @Nullable History nearestHistory() {
    ScopeWork at = this;
    while (at != null && at.history == null) {
      at = at.above();
    }
    return at == null ? null : at.history;
  }

  @Override
  public void cancel(String reason) {
    cancelTasks(
        CancelRequest.now(Outcome.Cancelled.byCaller(Objects.requireNonNull(reason, "reason"))));
  }

  /** Cancels the tasks here and below, but for those that wait for this. */
  void cancelTasks(CancelRequest request) {
    for (ScopeNode node : subtree()) {
      node.registry().forEachWaitedFor(task -> task.cancel(request));
    }
  }

  @Override
  public void join() throws InterruptedException {
    for (TaskRun<?> at = Context.ownTask(); at != null; at = at.callerOnThisThread()) {
      if (isInside(at.scope())) {
        throw new IllegalStateException(
            "join() of %s is called from inside %s, which would wait for itself"
                .formatted(path(), at));
      }
    }
    quiet.await();
    joined = true;
    failure.throwIfAny();
  }

  /**
   * Whether the body of a fail-fast block ended without waiting for its tasks: nobody wants them.
   */
  final boolean isLeftInAHurry() {
    return options().policy == Policy.FAIL_FAST && (!joined || failure.any());
  }

  /** Nothing comes any more: no tick, and no completion. */
  final void workIsOver() {
    quiet.stopDeadline();
    timers.stop();
    streams.end();
  }

  /** It is out of the tree: what it has brought or kept is let go. */
  final void dropHooksAndHistory() {
    ScopeNode parent = above();
    if (hooks != (parent == null ? HookRegistry.Local.NONE : ((ScopeWork) parent).hooks)) {
      hooks.closed();
    }
    if (history != null) {
      history.dropped();
    }
  }

  HookSet hooks() {
    return hooks.hooks();
  }

  TaskRegistry registry() {
    return registry;
  }

  @Override
  public List<Task<?>> tasks() {
    List<Task<?>> tasks = new ArrayList<>();
    registry.forEach(
        task -> {
          if (!task.hasLeft()) {
            tasks.add(task);
          }
        });
    tasks.sort(Comparator.<Task<?>>comparingLong(Task::id).reversed());
    return tasks;
  }

  @Override
  public List<FinishedTask> history() {
    History kept = nearestHistory();
    return kept == null ? List.of() : kept.read();
  }

  @Override
  public Timer every(String name, Duration period, OverlapPolicy overlap, TaskAction<?> body) {
    return timers.every(name, period, overlap, body);
  }

  @Override
  public Timer after(String name, Duration delay, TaskAction<?> body) {
    return timers.after(name, delay, body);
  }

  @Override
  public ExecutorService executor() {
    return new ScopeExecutor(self());
  }

  @Override
  public ThreadFactory threadFactory() {
    return new AdoptedThreads(self());
  }

  @Override
  public Completions<@Nullable Object> completions() {
    return streams.open();
  }
}
