// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.taskscope.Task;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps timers from flooding the trace backend: of the ticks of one timer, told by path and name,
 * at most one in an interval is recorded, and the failed ones among the others at the same rate.
 */
final class Ticks {
  /** Beyond this many timers the further ones share one allowance. */
  private static final int MAX_TIMERS = 1_000;

  private record Timer(String path, String name) {}

  private static final class Allowance {
    final AtomicLong nextAt = new AtomicLong(System.nanoTime());
    final AtomicLong nextFailedAt = new AtomicLong(System.nanoTime());
    final AtomicLong unrecorded = new AtomicLong();
  }

  private static final Timer OTHERS = new Timer("", "");

  private final long intervalNanos;
  private final Map<Timer, Allowance> byTimer = new ConcurrentHashMap<>();

  Ticks(Duration interval) {
    intervalNanos = interval.toNanos();
  }

  /** Whether this tick is recorded. */
  boolean admit(Task<?> tick) {
    if (intervalNanos == 0) {
      return true;
    }
    Allowance allowance = of(tick);
    if (take(allowance.nextAt)) {
      return true;
    }
    allowance.unrecorded.incrementAndGet();
    return false;
  }

  /** Whether a tick that was not admitted is recorded after all, because it failed. */
  boolean admitFailed(Task<?> tick) {
    return intervalNanos == 0 || take(of(tick).nextFailedAt);
  }

  /** How many ticks of the same timer were not admitted since this was last asked. */
  long takeUnrecorded(Task<?> tick) {
    return intervalNanos == 0 ? 0 : of(tick).unrecorded.getAndSet(0);
  }

  private boolean take(AtomicLong nextAt) {
    long now = System.nanoTime();
    long next = nextAt.get();
    return now - next >= 0 && nextAt.compareAndSet(next, now + intervalNanos);
  }

  private Allowance of(Task<?> tick) {
    Timer timer = new Timer(tick.scope().path(), tick.name());
    Allowance known = byTimer.get(timer);
    if (known != null) {
      return known;
    }
    Timer key = byTimer.size() < MAX_TIMERS ? timer : OTHERS;
    return byTimer.computeIfAbsent(key, k -> new Allowance());
  }
}
