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
  private static final int MAX_SUPPRESSED = 32;

  private final ScopeNode scope;
  private volatile @Nullable Throwable first; // written with the lock of this held
  private @Nullable TaskRun<?> firstTask; // guarded by this
  private @Nullable CancelRequest reason; // guarded by this
  private List<Throwable> later = List.of(); // guarded by this
  private boolean seen; // guarded by this

  FirstFailure(ScopeNode scope) {
    this.scope = scope;
  }

  /** A task of a fail-fast scope has failed. */
  void record(TaskRun<?> task, Throwable error) {
    CancelRequest request =
        CancelRequest.now(Outcome.Cancelled.by(task, task + " failed: " + error));
    if (set(error, task, request)) {
      scope.cancelTasks(request);
    }
  }

  /** The deadline has passed; the caller cancels the tasks. */
  void timedOut(TimeoutException timeout, CancelRequest request) {
    set(timeout, null, request);
  }

  private synchronized boolean set(
      Throwable error, @Nullable TaskRun<?> task, CancelRequest request) {
    if (first == null) {
      firstTask = task;
      reason = request;
      first = error;
      return true;
    }
    if (later.size() < MAX_SUPPRESSED) {
      if (later.isEmpty()) {
        later = new ArrayList<>();
      }
      later.add(error);
    }
    return false;
  }

  /** A task that came when all others had been, or are just being, cancelled is cancelled too. */
  void cancelLatecomer(TaskRun<?> task) {
    if (first != null) { // set before the tasks are gone through, so one of both sides cancels it
      CancelRequest request;
      synchronized (this) {
        request = reason;
      }
      if (request != null) {
        task.cancel(request);
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
      TaskRun<?> task = firstTask;
      String what = task == null ? cause.getMessage() : task + " failed: " + cause;
      TaskFailedException thrown = new TaskFailedException(String.valueOf(what), cause);
      later.stream().filter(error -> !error.equals(cause)).forEach(thrown::addSuppressed);
      throw thrown;
    }
  }

  /** The scope is closed: a failure that nobody joined for goes the way of all failures. */
  void reportIfUnseen() {
    TaskRun<?> task;
    Throwable error;
    synchronized (this) {
      task = firstTask;
      error = first;
      if (seen || task == null || task.reported || error == null) {
        return;
      }
      seen = true;
    }
    Failures.report(task, error);
  }
}
