// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waiting for a scope to have no live tasks, and the deadline that sees to it. */
final class Quiet {
  private final ScopeNode scope;
  private final WaitingThreads waiting = new WaitingThreads();
  private TaskClock.@Nullable Scheduled timer; // guarded by this
  private boolean over; // guarded by this
  private ShutdownReport.Result atDeadline = ShutdownReport.Result.CLEAN; // guarded by this
  private List<ShutdownReport.AbandonedTask> givenUp = List.of(); // guarded by this

  Quiet(ScopeNode scope) {
    this.scope = scope;
  }

  /** A task has left, and is not counted as live any more: wake whoever waits for the last one. */
  void taskLeft() {
    if (someoneWaits() && scope.registry().isQuiet()) {
      maybeReached();
    }
  }

  /** Whoever waits says so before looking at the tasks. */
  private boolean someoneWaits() {
    if (waiting.any()) {
      return true;
    }
    for (ScopeNode at = scope; at != null; at = at.above()) {
      if (at.shutdownUnderWay() != null) {
        return true;
      }
      if (!at.isBlock()) {
        return false; // a block is shut down together with the scope around it
      }
    }
    return false;
  }

  /** There may be nothing to wait for any more: all who wait look again. */
  void maybeReached() {
    waiting.wake();
    for (ScopeNode at = scope; at != null; at = at.above()) {
      ScopeShutdown shutdown = at.shutdownUnderWay();
      if (shutdown != null) {
        shutdown.wake();
      }
      if (!at.isBlock()) {
        return;
      }
    }
  }

  /** Whether someone waits for this scope right now. */
  boolean isAwaited() {
    return waiting.any();
  }

  /** Returns when neither this scope nor one below it has a live task. */
  void await() throws InterruptedException {
    if (awaitWithoutChildren()) {
      return;
    }
    Map<Long, Long> before = null;
    Map<Long, Long> started = Map.of();
    while (!started.equals(
        before)) { // a task may have moved on to a scope that was looked at before
      before = started;
      started = new HashMap<>();
      for (ScopeNode node : scope.subtree()) {
        node.quiet.awaitThisScope();
        started.put(node.id(), node.registry().started());
      }
    }
  }

  /** The usual case, without a walk: this scope has none below it, before and after. */
  private boolean awaitWithoutChildren() throws InterruptedException {
    if (!scope.children.isEmpty()) {
      return false;
    }
    awaitThisScope();
    long started = scope.registry().started();
    return scope.children.isEmpty()
        && scope.registry().isQuiet()
        && started == scope.registry().started();
  }

  private void awaitThisScope() throws InterruptedException {
    waiting.awaitUntil(() -> scope.registry().isQuiet());
  }

  // ---- the deadline: cancel, and after the cancel timeout abandon

  synchronized void startDeadline(Duration deadline) {
    timer = after(Checks.timeout("deadline", deadline), () -> passed(deadline));
  }

  private TaskClock.Scheduled after(long nanos, Runnable action) {
    TaskClock clock = scope.clock();
    return clock.scheduleAt(clock.nanoTime() + nanos, () -> Background.callOut(action));
  }

  private void passed(Duration deadline) {
    String reason = scope + " has passed its deadline of " + Durations.text(deadline);
    CancelRequest request =
        CancelRequest.now(new Outcome.Cancelled(reason, "its deadline", List.of()));
    scope.failure.timedOut(new TimeoutException(reason), request);
    if (scope.subtree().stream().anyMatch(node -> !node.registry().isQuiet())) {
      note(ShutdownReport.Result.CANCELLED);
    }
    synchronized (this) { // before they are interrupted, which may be held up
      if (!over) {
        timer = after(scope.options().cancelNanos, this::abandonAll);
      }
    }
    Interrupts.deliver(scope.subtree(), request);
  }

  private void abandonAll() {
    List<TaskRun<?>> abandoned = new ArrayList<>();
    for (ScopeNode node : scope.subtree()) {
      abandoned.addAll(Abandonment.of(node, Long.MAX_VALUE, this::noteGivenUp));
    }
    abandoned.forEach(TaskRun::tellAbandoned); // at last: a hook may block
  }

  private synchronized void note(ShutdownReport.Result result) {
    atDeadline = atDeadline.worse(result);
  }

  /** Called before the task leaves, so that the report of whoever waits for that has it. */
  private synchronized void noteGivenUp(TaskRun<?> task) {
    note(ShutdownReport.Result.ABANDONED);
    if (givenUp.isEmpty()) {
      givenUp = new ArrayList<>();
    }
    givenUp.add(Abandonment.describe(task));
  }

  /** What had to be done at the deadline; {@code CLEAN} if nothing, or if there is none. */
  synchronized ShutdownReport.Result resultAtDeadline() {
    return atDeadline;
  }

  /** The tasks that were given up after the deadline, here and below. */
  synchronized List<ShutdownReport.AbandonedTask> givenUpAtDeadline() {
    return List.copyOf(givenUp);
  }

  synchronized void stopDeadline() {
    over = true;
    if (timer != null) {
      timer.cancel();
    }
  }
}
