// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code shutdown} and {@code close} do on the thread that calls them: ask, and wait. */
final class ShutdownCall {
  /** The scope for whose shutdown this thread calls a hook or closes a resource. */
  private static final ThreadLocal<ScopeNode> BEHALF = new ThreadLocal<>();

  private ShutdownCall() {}

  /** Runs what is part of a shutdown, and therefore cannot wait for its end. */
  static void onBehalfOf(ScopeNode scope, Runnable part) {
    BEHALF.set(scope);
    try {
      part.run();
    } finally {
      BEHALF.remove();
    }
  }

  private static boolean isPartOfShutdown(ScopeNode top) {
    ScopeNode scope = BEHALF.get();
    return scope != null && scope.isAtOrBelow(top);
  }

  /** Shuts down and waits, but not for the tasks on whose thread this is called. */
  static ShutdownReport runAndWait(ScopeNode top, @Nullable Duration deadline, boolean hurry) {
    if (deadline != null) {
      Checks.timeout("deadline", deadline); // before anything is changed
    }
    List<TaskRun<?>> callers = exemptCallers(top);
    try {
      ScopeShutdown shutdown = ScopeShutdown.request(top, deadline);
      if (hurry) {
        shutdown.hurry();
      }
      return isPartOfShutdown(top) ? shutdown.reportSoFar() : await(top, shutdown);
    } finally {
      callers.forEach(task -> task.scope().registry().unexempt(task));
    }
  }

  /** Waits for the end, without being kept from it by an interrupt, which it passes on. */
  private static ShutdownReport await(ScopeNode top, ScopeShutdown shutdown) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return shutdown.awaitReport();
        } catch (InterruptedException e) {
          interrupted = true;
          if (top.isBlock()) {
            shutdown.hurry(); // the owner of the block is cancelled itself
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The tasks inside on whose thread this is: waiting for them would be waiting for ourselves. */
  private static List<TaskRun<?>> exemptCallers(ScopeNode top) {
    List<TaskRun<?>> callers = new ArrayList<>();
    for (TaskRun<?> at = Context.ownTask(); at != null; at = at.callerOnThisThread()) {
      if (at.scope().isAtOrBelow(top)) {
        callers.add(at);
        at.scope().registry().exempt(at);
        at.scope().quiet.maybeReached();
      }
    }
    return callers;
  }
}
