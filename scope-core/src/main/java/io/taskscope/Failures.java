// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.io.InterruptedIOException;
import java.io.Serial;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the error of a failed task. It is reported exactly once: to the caller who waits
 * for it, or else to the handlers from the inside to the outside, or else to the log. A task that
 * fails only because it rethrows another task's error, after that one was reported, is not reported
 * again.
 */
final class Failures {
  private static final System.Logger LOG = System.getLogger("io.taskscope");
  private static final int MAX_CAUSES = 32; // chains are short; a cyclic one must end

  private Failures() {}

  /** The error of another task, handed to a caller; remembers whose it is. */
  static final class Retrieved extends ExecutionException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient TaskRun<?> source;

    Retrieved(TaskRun<?> source, Throwable error) {
      super(source + " failed: " + text(error), error);
      this.source = source;
    }

    boolean isReported() {
      return source != null && source.reported;
    }
  }

  /** Asks the handlers, and logs what none of them handles. */
  static void report(TaskRun<?> task, Throwable error) {
    task.reported = true;
    if (wasReported(error)) {
      return;
    }
    for (ScopeNode scope = task.scope(); scope != null; scope = scope.above()) {
      FailureHandler handler = scope.options().failureHandler;
      if (handler != null) {
        switch (decide(handler, task, error)) {
          case HANDLED -> {
            return;
          }
          case CLOSE_SCOPE -> {
            scope.requestShutdown();
            return;
          }
          case ESCALATE -> {}
        }
      }
    }
    log(task, error);
  }

  private static Decision decide(FailureHandler handler, TaskRun<?> task, Throwable error) {
    try {
      Decision decision = handler.onFailure(task, error);
      if (decision != null) {
        return decision;
      }
      error.addSuppressed(
          new NullPointerException(
              "failure handler " + handler.getClass().getName() + " answered null"));
    } catch (Throwable broken) {
      if (broken != error) { // an error can't suppress itself
        error.addSuppressed(broken);
      }
    }
    return Decision.ESCALATE;
  }

  private static void log(TaskRun<?> task, Throwable error) {
    try {
      LOG.log(System.Logger.Level.ERROR, task + " failed", error);
    } catch (Throwable loggingFailed) {
      // There is nowhere left to tell it, and it must not reach the task's thread.
    }
  }

  /** What an error says of itself; its class, if it cannot even do that. */
  static String text(Throwable error) {
    try {
      return error.toString();
    } catch (Throwable broken) {
      return error.getClass().getName();
    }
  }

  /** The error's cause; null also if it throws when asked. */
  private static @Nullable Throwable causeOf(Throwable error) {
    try {
      return error.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }

  private static boolean wasReported(Throwable error) {
    Throwable at = error;
    for (int i = 0; i < MAX_CAUSES && at != null; i++, at = causeOf(at)) {
      if (at instanceof Retrieved retrieved && retrieved.isReported()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a body that was cancelled says with this that it ended because of that. */
  static boolean isCancellation(Throwable error) {
    Throwable at = error;
    for (int i = 0; i < MAX_CAUSES && at != null; i++, at = causeOf(at)) {
      if (at instanceof InterruptedException
          || at instanceof CancellationException
          || at instanceof InterruptedIOException
          || at instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }

  /** Errors also go where the application looks for those of any thread. */
  static void toUncaughtHandler(Error error) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    } catch (Throwable ignored) {
      // As the JVM does with what an uncaught-exception handler throws.
    }
  }

  static String ending(@Nullable Outcome outcome) {
    return switch (outcome) {
      case null -> "cancelled";
      case Outcome.Success success -> "successful";
      case Outcome.Failure failure -> "failed: " + text(failure.error());
      case Outcome.Cancelled cancelled ->
          "cancelled by " + cancelled.by() + ": " + cancelled.reason();
      case Outcome.Abandoned abandoned -> "abandoned: it ignored its interrupt";
    };
  }

  static String standing(TaskRun<?> task) {
    Outcome outcome = task.outcome().orElse(null);
    return outcome == null || !task.isDone() ? "has not ended" : "was " + ending(outcome);
  }
}
