// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Failures of one hook in the middle of thread switches, where nothing may be logged. Only counted
 * there; a thread of ours looks after them a few times a second, as long as there are hooks that
 * follow steps.
 */
final class StepFaults {
  private static final long LOOK_EVERY_NANOS = 100_000_000;

  /** Those to look after. The thread that does so ends when there are none. */
  private static final Set<StepFaults> ALL = ConcurrentHashMap.newKeySet();

  private static boolean looking; // guarded by ALL

  /** What happened in one method since someone looked. */
  private static final class Fault {
    final AtomicLong count = new AtomicLong();
    final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
  }

  private final HookEntry entry;
  private final Map<HookMethod, Fault> faults = new EnumMap<>(HookMethod.class);

  StepFaults(HookEntry entry) {
    this.entry = entry;
    for (HookMethod method : HookMethod.values()) {
      if (method.isOfStep()) {
        faults.put(method, new Fault());
      }
    }
  }

  /** The hook is called from now on. */
  void watch() {
    synchronized (ALL) {
      ALL.add(this);
      if (!looking) {
        looking = true;
        Thread.ofPlatform()
            .daemon()
            .inheritInheritableThreadLocals(false)
            .name("taskscope-step-faults")
            .start(StepFaults::look);
      }
    }
  }

  /** The hook is not called any more. */
  void unwatch() {
    tell();
    synchronized (ALL) {
      ALL.remove(this);
    }
  }

  /** In the middle of a switch. */
  void note(HookMethod method, Throwable error) {
    Fault fault = faults.get(method);
    if (fault != null) {
      fault.first.compareAndSet(null, error);
      fault.count.incrementAndGet();
    }
  }

  private static void look() {
    while (true) {
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
      for (StepFaults faults : ALL) {
        faults.tell();
      }
      synchronized (ALL) {
        if (ALL.isEmpty()) {
          looking = false;
          return;
        }
      }
    }
  }

  private synchronized void tell() {
    faults.forEach(
        (method, fault) -> {
          long count = fault.count.getAndSet(0);
          Throwable error = fault.first.get();
          if (count > 0 && error != null) {
            try {
              entry.toldOfStep(method, count, error);
            } catch (Throwable loggingFailed) {
              // As elsewhere: not even a broken logger does harm; it has been counted.
            }
          }
        });
  }
}
