// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The interrupting of the tasks of one shutdown, or at the deadline of one scope. It may take any
 * time: {@link Thread#interrupt} can be overridden, and it closes the channel that the thread reads
 * from. So it is done on a thread that may be held up, and when one is, another one takes over what
 * it has not come to.
 */
final class Interrupts implements Runnable {
  /** An interrupt that takes longer holds up its thread. */
  private static final long STALL = TimeUnit.MILLISECONDS.toNanos(20);

  /** How long it may take until a thread comes to them, on a busy machine. */
  private static final long MAX_START = TimeUnit.SECONDS.toNanos(1);

  /** Those that a thread is at right now. */
  private static final Set<Interrupts> UNDER_WAY = ConcurrentHashMap.newKeySet();

  private static final AtomicBoolean WATCHED = new AtomicBoolean();

  private final List<TaskRun<?>> tasks;
  private final CancelRequest request;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger undelivered;
  private final AtomicBoolean handedOn = new AtomicBoolean(true); // a thread will come to it
  private volatile long begunAt;
  private volatile long progressAt;
  private int seenAt = -1; // by the watch alone

  private Interrupts(List<TaskRun<?>> tasks, CancelRequest request) {
    this.tasks = tasks;
    this.request = request;
    this.undelivered = new AtomicInteger(tasks.size());
    this.begunAt = System.nanoTime();
    this.progressAt = begunAt;
  }

  /**
   * Interrupts the tasks of scopes, but for those that wait for their scope, and ends those that
   * have not begun.
   */
  static Interrupts deliver(List<ScopeNode> scopes, CancelRequest request) {
    List<TaskRun<?>> tasks = new ArrayList<>();
    scopes.forEach(scope -> scope.registry().forEachWaitedFor(tasks::add));
    Interrupts interrupts = new Interrupts(tasks, request);
    if (!tasks.isEmpty()) {
      Background.interrupt(interrupts);
    }
    return interrupts;
  }

  /** Interrupts a thread of ours that is in code of the application. */
  static void deliverTo(Thread ours) {
    Background.callOut(
        () -> {
          try {
            ours.interrupt();
          } catch (Throwable refused) {
            // closing the channel that it reads from has failed: it is given up anyway
          }
        });
  }

  @Override
  public void run() {
    handedOn.set(false);
    UNDER_WAY.add(this);
    watch();
    if (next.get() == 0) {
      begunAt = System.nanoTime();
    }
    int at = next.getAndIncrement();
    for (; at < tasks.size(); at = next.getAndIncrement()) {
      tasks.get(at).cancelIfBegun(request);
      progressAt = System.nanoTime();
      undelivered.decrementAndGet();
    }
    UNDER_WAY.remove(this);
    if (at == tasks.size()) { // exactly one thread gets this number
      endUnbegun();
    }
  }

  /** Their end calls hooks, which may block. */
  private void endUnbegun() {
    List<TaskRun<?>> unbegun = tasks.stream().filter(task -> !task.hasStarted()).toList();
    if (!unbegun.isEmpty()) {
      Background.callOut(() -> unbegun.forEach(task -> task.cancel(request)));
    }
  }

  /** Whether every task has been interrupted. */
  boolean areDelivered() {
    return undelivered.get() <= 0;
  }

  /** Whether they are on their way, and not held up. */
  boolean areOnTheirWay() {
    long patience = next.get() == 0 ? MAX_START : 5 * STALL;
    return !areDelivered() && System.nanoTime() - progressAt < patience;
  }

  /** How long they took up to now, or up to the one that does not come to an end. */
  long tookNanos() {
    return Math.max(0, progressAt - begunAt);
  }

  // ---- the watch

  private static void watch() {
    if (WATCHED.compareAndSet(false, true)) {
      Background.TIMER.schedule(Interrupts::look, STALL, TimeUnit.NANOSECONDS);
    }
  }

  private static void look() {
    WATCHED.set(false);
    UNDER_WAY.forEach(Interrupts::takeOverIfHeldUp);
    if (!UNDER_WAY.isEmpty()) {
      watch();
    }
  }

  private void takeOverIfHeldUp() {
    int at = next.get();
    if (at >= tasks.size()) {
      UNDER_WAY.remove(this); // nothing is left to take over
    } else if (at == seenAt) {
      UNDER_WAY.remove(this); // until the next thread is at it
      if (handedOn.compareAndSet(false, true)) {
        Background.interrupt(this);
      }
    }
    seenAt = at;
  }
}
