// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waiting for a scope to have no live tasks, and the deadline that sees to it. */
final class Quiet {
  private final ScopeNode scope;
  private volatile int waiting; // written with the lock of this held
  private TaskClock.@Nullable Scheduled timer; // guarded by this
  private boolean over; // guarded by this

  Quiet(ScopeNode scope) {
    this.scope = scope;
  }

  /** A task has left that may have been the last one: wake whoever waits for that. */
  void maybeReached() {
    if (waiting > 0) { // whoever waits raised this before it looked at the tasks
      synchronized (this) {
        notifyAll();
      }
    }
    for (ScopeNode at = scope; at != null; at = at.above()) {
      ScopeShutdown shutdown = at.shutdownUnderWay();
      if (shutdown != null) {
        shutdown.wake();
      }
      if (!at.isBlock()) {
        return; // a block is shut down together with the scope around it
      }
    }
  }

  /** Whether someone waits for this scope right now. */
  boolean isAwaited() {
    return waiting > 0;
  }

  /** Returns when neither this scope nor one below it has a live task. */
  void await() throws InterruptedException {
    boolean waited;
    do {
      waited = false;
      for (ScopeNode node : scope.subtree()) {
        waited |= node.quiet.awaitThisScope();
      }
    } while (waited); // meanwhile there may be new tasks in a scope seen before
  }

  private synchronized boolean awaitThisScope() throws InterruptedException {
    if (scope.registry().isQuiet()) {
      return false;
    }
    waiting++;
    try {
      while (!scope.registry().isQuiet()) {
        wait();
      }
    } finally {
      waiting--;
    }
    return true;
  }

  // ---- the deadline: cancel, and after the cancel timeout abandon

  synchronized void startDeadline(Duration deadline) {
    timer =
        scope
            .clock()
            .schedule(
                Checks.timeout("deadline", deadline),
                () -> Background.callOut(() -> passed(deadline)));
  }

  private void passed(Duration deadline) {
    String reason = scope + " has passed its deadline of " + Durations.text(deadline);
    CancelRequest request =
        CancelRequest.now(new Outcome.Cancelled(reason, "its deadline", List.of()));
    scope.failure.timedOut(new TimeoutException(reason), request);
    scope.cancelTasks(request);
    synchronized (this) {
      if (!over) {
        timer =
            scope
                .clock()
                .schedule(scope.options().cancelNanos, () -> Background.callOut(this::abandonAll));
      }
    }
  }

  private void abandonAll() {
    for (ScopeNode node : scope.subtree()) {
      Abandonment.of(node, Long.MAX_VALUE).forEach(TaskRun::tellAbandoned);
    }
  }

  synchronized void stopDeadline() {
    over = true;
    if (timer != null) {
      timer.cancel();
    }
  }
}
