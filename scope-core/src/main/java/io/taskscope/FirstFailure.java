// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code join} will throw: the first failure of a fail-fast scope with the later ones, or that
 * the deadline has passed. The first of them cancels every other task of the scope, also those to
 * come.
 */
final class FirstFailure {
  /** Later errors are kept up to here; more would only fill memory and logs. */
  private static final int MAX_LATER = 32;

  private record Failed(TaskRun<?> task, Throwable error) {}

  private final ScopeNode scope;
  private volatile @Nullable Throwable first; // written with the lock of this held
  private @Nullable CancelRequest reason; // guarded by this
  private String what = ""; // guarded by this
  private List<Failed> failed = List.of(); // the first among them; guarded by this
  private boolean seen; // guarded by this

  FirstFailure(ScopeNode scope) {
    this.scope = scope;
  }

  /**
   * A task of a fail-fast scope has failed.
   *
   * @return whether it is kept for whoever joins, or for {@link #reportIfUnseen}
   */
  boolean record(TaskRun<?> task, Throwable error) {
    CancelRequest request =
        CancelRequest.now(Outcome.Cancelled.by(task, task + " failed: " + Failures.text(error)));
    if (set(error, request)) {
      scope.cancelTasks(request);
    }
    // A scope that may live for years reports at once what nobody waits for; a block ends soon.
    return (scope.isBlock() || scope.quiet.isAwaited()) && keep(new Failed(task, error));
  }

  /** The deadline has passed; the caller cancels the tasks. */
  void timedOut(TimeoutException timeout, CancelRequest request) {
    set(timeout, request);
  }

  private synchronized boolean set(Throwable error, CancelRequest request) {
    if (first != null) {
      return false;
    }
    reason = request;
    what = request.outcome().reason();
    first = error;
    return true;
  }

  private synchronized boolean keep(Failed failure) {
    if (seen || failed.size() > MAX_LATER) {
      return false;
    }
    if (failed.isEmpty()) {
      failed = new ArrayList<>(2);
    }
    failed.add(failure);
    return true;
  }

  /**
   * A task that came, here or below, when all others had been, or are just being, cancelled is
   * cancelled too.
   */
  static void cancelLatecomer(TaskRun<?> task) {
    for (ScopeNode at = task.scope(); at != null; at = at.above()) {
      FirstFailure failure = at.failure;
      if (failure.first != null) { // set before the tasks are gone through: one side cancels it
        CancelRequest request;
        synchronized (failure) {
          request = failure.reason;
        }
        if (request != null) {
          task.cancel(request);
        }
      }
    }
  }

  boolean any() {
    return first != null;
  }

  void throwIfAny() {
    Throwable cause = first;
    if (cause == null) {
      return;
    }
    synchronized (this) {
      seen = true;
      TaskFailedException thrown = new TaskFailedException(what, cause);
      failed.stream()
          .map(Failed::error)
          .filter(error -> error != cause)
          .forEach(thrown::addSuppressed);
      throw thrown;
    }
  }

  /** The scope is closed: failures that nobody has seen go the way of all failures. */
  void reportIfUnseen() {
    List<Failed> unseen;
    synchronized (this) {
      unseen = seen ? List.of() : List.copyOf(failed);
      seen = true;
    }
    unseen.stream()
        .filter(failure -> !failure.task().retrieved)
        .forEach(failure -> Failures.report(failure.task(), failure.error()));
  }
}
