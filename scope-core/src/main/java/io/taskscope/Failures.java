// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.AttachmentKey;
import java.io.InterruptedIOException;
import java.io.Serial;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
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
  private static final int MAX_CAUSES = 32; // chains are short; a cyclic one must end

  /** Some errors are constants that are thrown again and again: nothing may grow on them. */
  private static final int MAX_SUPPRESSED = 16;

  /** How many errors of other tasks a task is known to hold; more are held by none. */
  private static final int MAX_HELD = 8;

  /** On a task: the errors of other tasks that its body has been given. */
  private static final AttachmentKey<List<Held>> HELD = AttachmentKey.of("failures held");

  /** An error that a body has been given, and whose it is. */
  private record Held(TaskRun<?> source, Throwable error) {}

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

  /**
   * The error of a task is handed to the calling thread. Should the body there rethrow it, also
   * without what it came in, it is known to be this one.
   */
  static void retrieved(TaskRun<?> source, Throwable error) {
    for (TaskRun<?> at = Context.ownTask(); at != null; at = at.callerOnThisThread()) {
      List<Held> before = at.attachment(HELD);
      List<Held> held = before == null ? new ArrayList<>(1) : new ArrayList<>(before);
      if (held.size() < MAX_HELD) {
        held.add(new Held(source, error));
        at.attach(HELD, List.copyOf(held));
      }
    }
  }

  /** Asks the handlers, and logs what none of them handles. */
  static void report(TaskRun<?> task, Throwable error) {
    task.reported = true;
    if (wasReported(task, error)) {
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
    task.scope().tree().failureLog().log(task, "failed", error);
  }

  private static Decision decide(FailureHandler handler, TaskRun<?> task, Throwable error) {
    try {
      Decision decision = handler.onFailure(task, error);
      if (decision != null) {
        return decision;
      }
      suppress(
          error,
          new NullPointerException(
              "failure handler " + handler.getClass().getName() + " answered null"));
    } catch (Throwable broken) {
      suppress(error, broken);
    }
    return Decision.ESCALATE;
  }

  private static void suppress(Throwable error, Throwable broken) {
    if (broken != error // an error can't suppress itself
        && error.getSuppressed().length < MAX_SUPPRESSED) {
      error.addSuppressed(broken);
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

  private static boolean wasReported(TaskRun<?> task, Throwable error) {
    List<Held> held = task.attachment(HELD);
    Throwable at = error;
    for (int i = 0; i < MAX_CAUSES && at != null; i++, at = causeOf(at)) {
      if (at instanceof Retrieved retrieved && retrieved.isReported()) {
        return true;
      }
      if (held != null) {
        for (Held of : held) {
          if (of.error() == at && of.source().reported) {
            return true;
          }
        }
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
