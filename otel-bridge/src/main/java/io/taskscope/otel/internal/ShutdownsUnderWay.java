// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.internal;

import io.taskscope.TaskScope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The shutdowns of trees that are not over, for the SDK to end after them. */
public final class ShutdownsUnderWay {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** How long the hooks of a closed scope may keep us waiting; the scope waits as long for them. */
  private static final long TELLING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final AtomicInteger OPEN_SPANS = new AtomicInteger();

  private ShutdownsUnderWay() {}

  /** A span about a shutdown has been started. */
  public static void spanStarted() {
    OPEN_SPANS.incrementAndGet();
  }

  /** It has ended. */
  public static void spanEnded() {
    OPEN_SPANS.decrementAndGet();
  }

  /** How many have not ended. */
  public static int openSpans() {
    return OPEN_SPANS.get();
  }

  /**
   * Waits until the roots that are shutting down are closed and the spans about that have ended. An
   * interrupt ends the waiting, and stays.
   *
   * @param grace how long to wait for the first root to begin
   * @param atMost how long to wait for a root whose shutdown has no deadline
   * @return the latest deadline of those waited for, if one has any
   */
  public static Optional<Instant> await(Duration grace, Duration atMost) {
    long start = System.nanoTime();
    Optional<Instant> deadline = Optional.empty();
    boolean seen = false;
    while (true) {
      long waited = System.nanoTime() - start;
      List<TaskScope> ending =
          TaskScope.roots().stream().filter(TaskScope::isShuttingDown).toList();
      for (TaskScope root : ending) {
        Optional<Instant> its = root.shutdownDeadline();
        if (its.isPresent() && deadline.filter(d -> d.isAfter(its.get())).isEmpty()) {
          deadline = its;
        }
      }
      seen |= !ending.isEmpty() || openSpans() > 0;
      if (!seen && (waited >= grace.toNanos() || TaskScope.roots().isEmpty())) {
        return deadline; // there is nothing to wait for
      }
      if (seen && ending.isEmpty() && openSpans() <= 0) {
        return deadline; // it is over
      }
      long limit =
          deadline
              .map(d -> Duration.between(Instant.now(), d).toNanos() + waited + TELLING_NANOS)
              .orElse(atMost.toNanos());
      if (waited >= limit || Thread.currentThread().isInterrupted()) {
        return deadline;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
