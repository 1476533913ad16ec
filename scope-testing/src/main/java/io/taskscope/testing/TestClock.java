// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.TaskClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is moved. Give it to a root, and its timers, deadlines and
 * shutdown timeouts wait for {@link #advance}:
 *
 * <pre>{@code
 * TestClock clock = new TestClock();
 * TaskScope web = TaskScope.root("web", o -> o.clock(clock));
 * web.every("refresh", Duration.ofMinutes(10), cache::refresh);
 * clock.advance(Duration.ofMinutes(10)); // the first tick starts, on a thread of its own
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class TestClock implements TaskClock {
  /** One action, before it has begun. */
  private record Waiting(long dueAt, long number, Runnable action) {}

  /** By time, and in the order of scheduling at the same time; by difference, as time may wrap. */
  private static final Comparator<Waiting> BY_TIME =
      (a, b) ->
          a.dueAt == b.dueAt ? Long.compare(a.number, b.number) : Long.signum(a.dueAt - b.dueAt);

  /** Held by the thread that moves the time, so that actions run one after the other. */
  private final ReentrantLock moving = new ReentrantLock();

  private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(BY_TIME); // guarded by this
  private long now; // guarded by this
  private long scheduled; // guarded by this

  /** A clock that stands still. */
  public TestClock() {
    this(0);
  }

  /** For tests of what happens when {@link System#nanoTime} wraps around. */
  TestClock(long start) {
    now = start;
  }

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  /**
   * Keeps the action until the clock gets there. What is due at once runs soon, on another thread,
   * or in the {@link #advance} that is under way on this one.
   */
  @Override
  public Scheduled scheduleAt(long atNanoTime, Runnable action) {
    Waiting entry;
    boolean due;
    synchronized (this) {
      entry = new Waiting(atNanoTime, scheduled++, action);
      waiting.add(entry);
      due = atNanoTime - now <= 0;
    }
    if (due && !moving.isHeldByCurrentThread()) {
      Thread.ofPlatform()
          .daemon()
          .inheritInheritableThreadLocals(false)
          .name("test-clock")
          .start(() -> moveBy(0));
    }
    return () -> cancel(entry);
  }

  private synchronized void cancel(Waiting entry) {
    waiting.removeIf(other -> other == entry);
  }

  /**
   * Moves the time on, and runs on this thread whatever becomes due on the way, in the order of
   * time. An action sees the time it was scheduled for; what it schedules runs as well if it is due
   * before the end. When several threads do this the moves happen one after the other.
   *
   * @param by how far; zero runs what is due already
   * @throws IllegalArgumentException if negative
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("a clock can't go back: advance(" + by + ")");
    }
    moveBy(by.toNanos());
  }

  private void moveBy(long nanos) {
    moving.lock();
    try {
      long target = nanoTime() + nanos;
      for (Waiting next = takeDue(target); next != null; next = takeDue(target)) {
        next.action.run();
      }
    } finally {
      moving.unlock();
    }
  }

  /** The next action, with the time moved to it; null, and the time at its target, if none is. */
  private synchronized @Nullable Waiting takeDue(long target) {
    Waiting first = waiting.peek();
    boolean due = first != null && first.dueAt - target <= 0;
    long next = due && first != null ? first.dueAt : target;
    if (next - now > 0) {
      now = next;
    }
    return due ? waiting.poll() : null;
  }

  /** How many actions wait for their time. */
  public synchronized int pending() {
    return waiting.size();
  }

  /** How far to {@link #advance} to the next action; empty when there is none. */
  public synchronized Optional<Duration> nextDue() {
    return Optional.ofNullable(waiting.peek())
        .map(next -> Duration.ofNanos(Math.max(0, next.dueAt - now)));
  }

  @Override
  public String toString() {
    return "test clock with " + pending() + " waiting";
  }
}
