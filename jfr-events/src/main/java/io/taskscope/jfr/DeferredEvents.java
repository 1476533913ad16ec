// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Event;
import org.jspecify.annotations.Nullable;

/**
 * Takes events that are made in the middle of a thread switch, and has a thread of its own commit
 * them: a commit may wait for a lock of the recorder, which must not happen there.
 *
 * <p>A ring of fixed size after the bounded queue of D. Vyukov, with many writers and one reader at
 * a time. Writers never wait: when it is full the event is dropped and counted.
 */
final class DeferredEvents {
  static final int CAPACITY = 1 << 14; // a power of two; 160 000 events a second at the longest nap
  private static final long SHORTEST_NAP = 5_000_000;
  private static final long LONGEST_NAP = 100_000_000;
  private static final long NAP_WITHOUT_RECORDING = 500_000_000;

  private final AtomicReferenceArray<@Nullable Event> ring = new AtomicReferenceArray<>(CAPACITY);
  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final ReentrantLock reading = new ReentrantLock();
  private volatile long head; // written under the lock
  private volatile @Nullable Thread thread; // null when stopped

  /** Starts the thread. */
  void start() {
    Thread started =
        Thread.ofPlatform()
            .daemon()
            .inheritInheritableThreadLocals(false) // of whoever happens to install the events
            .name("taskscope-jfr")
            .unstarted(this::run);
    thread = started;
    started.start();
  }

  /** Commits what is there, and ends the thread. */
  void stop() {
    Thread running = thread;
    thread = null;
    LockSupport.unpark(running);
    drain();
  }

  /** Has an event committed soon. Takes no lock, waits for nobody, allocates nothing. */
  boolean offer(Event event) {
    long at;
    do {
      at = tail.get();
      if (at - head >= CAPACITY) {
        dropped.incrementAndGet();
        return false;
      }
    } while (!tail.compareAndSet(at, at + 1));
    ring.setRelease((int) at & (CAPACITY - 1), event);
    return true;
  }

  /** How many events came faster than they could be committed, since the start of the JVM. */
  long dropped() {
    return dropped.get();
  }

  /** Commits all that has been offered. */
  int drain() {
    reading.lock();
    try {
      int drained = 0;
      for (long at = head; ; at++) {
        int slot = (int) at & (CAPACITY - 1);
        Event event = ring.getAcquire(slot);
        if (event == null) { // empty, or its writer was stopped between two instructions
          return drained;
        }
        ring.setRelease(slot, null);
        head = at + 1; // after the slot is free
        event.commit();
        drained++;
      }
    } finally {
      reading.unlock();
    }
  }

  private void run() {
    long nap = SHORTEST_NAP;
    while (thread == Thread.currentThread()) {
      Ticks.refine();
      if (!StepEvents.anyEnabled()) {
        nap = NAP_WITHOUT_RECORDING;
      } else {
        nap = drain() > 0 ? SHORTEST_NAP : Math.min(2 * nap, LONGEST_NAP);
      }
      LockSupport.parkNanos(this, nap);
    }
  }
}
