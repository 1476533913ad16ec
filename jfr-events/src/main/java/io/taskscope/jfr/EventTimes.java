// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jdk.jfr.Event;
import org.jspecify.annotations.Nullable;

/**
 * Sets when an event began and how long it took after the fact, for which {@code jdk.jfr.Event} has
 * no method: a wait is over before anyone can tell. The JVM gives every event class the fields
 * {@code startTime} and {@code duration}, in ticks of the recorder's clock; ADR 0026 says why we
 * use them and what happens where they are missing.
 */
final class EventTimes {
  private final @Nullable VarHandle start;
  private final @Nullable VarHandle duration;

  private EventTimes(@Nullable VarHandle start, @Nullable VarHandle duration) {
    this.start = start;
    this.duration = duration;
  }

  /** The times of an event class, given what may see its private fields. */
  static EventTimes of(MethodHandles.Lookup lookup) {
    try {
      Class<?> type = lookup.lookupClass();
      return new EventTimes(
          lookup.findVarHandle(type, "startTime", long.class),
          lookup.findVarHandle(type, "duration", long.class));
    } catch (ReflectiveOperationException e) {
      return new EventTimes(null, null);
    }
  }

  /** Whether this JVM lets the times be set. */
  boolean areSettable() {
    return start != null && duration != null;
  }

  /**
   * Reads the recorder's clock.
   *
   * @return 0 if the event is not enabled
   */
  long now(Event event) {
    if (start == null) {
      return 0;
    }
    event.begin();
    return (long) start.get(event);
  }

  /** The event ended some nanoseconds ago, after a number of nanoseconds. */
  void set(Event event, long endedAgo, long nanos) {
    if (start != null && duration != null) {
      long now = now(event);
      double ticks = Ticks.perNano();
      long length = Math.max(1, (long) (nanos * ticks)); // 0 would mean until the commit
      start.set(event, now - (long) (endedAgo * ticks) - length);
      duration.set(event, length);
    }
  }
}
