// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import io.taskscope.hook.HookStatus;
import io.taskscope.hook.TaskHook;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A registered hook and how it behaves. A failing hook costs the task nothing but the time it took:
 * the error is logged once per method, counted, and three in a row end the hook.
 */
final class HookEntry {
  /** Failures in a row after which a hook is taken out. */
  static final int QUARANTINE_AFTER = 3;

  private static final System.Logger LOG = System.getLogger("io.taskscope.hooks");

  final TaskHook hook;
  private final Set<HookMethod> overridden = EnumSet.noneOf(HookMethod.class);
  private final Map<HookMethod, AtomicLong> failures = new ConcurrentHashMap<>();
  private final AtomicInteger inARow = new AtomicInteger();
  private volatile boolean quarantined;
  private volatile boolean removed;
  private boolean quarantineTold; // by the thread that looks after failures in steps
  private final @Nullable StepFaults stepFaults;

  HookEntry(TaskHook hook) {
    this.hook = hook;
    for (HookMethod method : HookMethod.values()) {
      if (method.isOverriddenBy(hook)) {
        overridden.add(method);
      }
    }
    stepFaults = overridden.stream().anyMatch(HookMethod::isOfStep) ? new StepFaults(this) : null;
  }

  /** It is called from now on. */
  void registered() {
    if (stepFaults != null) {
      stepFaults.watch();
    }
  }

  /** It is not called any more. */
  void unregistered() {
    if (stepFaults != null) {
      stepFaults.unwatch();
    }
  }

  String name() {
    return hook.getClass().getName();
  }

  boolean overrides(HookMethod method) {
    return overridden.contains(method);
  }

  boolean isQuarantined() {
    return quarantined;
  }

  boolean isRemoved() {
    return removed;
  }

  /** It is told of no task that has not started yet. */
  void remove() {
    removed = true;
  }

  void succeeded() {
    if (inARow.get()
        != 0) { // read first: a write per call would make all threads fight for the line
      inARow.set(0);
    }
  }

  void failed(HookMethod method, Throwable error) {
    try {
      boolean firstOfMethod =
          failures.computeIfAbsent(method, m -> new AtomicLong()).incrementAndGet() == 1;
      if (firstOfMethod) {
        logFailure(method, error);
      }
      if (inARow.incrementAndGet() == QUARANTINE_AFTER) {
        quarantined = true;
        logQuarantine(method);
      }
      FailureListeners.tell(this, method, 1, error);
    } catch (Throwable loggingFailed) {
      // Nothing of ours may reach the task, not even a broken logger; the failure has been counted.
    }
  }

  /** The same in the middle of a thread switch: it is told later, by a thread of its own. */
  void failedInStep(HookMethod method, Throwable error) {
    if (stepFaults != null) {
      stepFaults.note(method, error);
      if (inARow.incrementAndGet() >= QUARANTINE_AFTER) {
        quarantined = true; // effective at once; made known with the rest
      }
    }
  }

  /** What happened in thread switches is caught up with. */
  void toldOfStep(HookMethod method, long count, Throwable error) {
    AtomicLong known = failures.computeIfAbsent(method, m -> new AtomicLong());
    if (known.getAndAdd(count) == 0) {
      logFailure(method, error);
    }
    if (quarantined && !quarantineTold) {
      quarantineTold = true;
      logQuarantine(method);
    }
    FailureListeners.tell(this, method, count, error);
  }

  private void logFailure(HookMethod method, Throwable error) {
    LOG.log(
        System.Logger.Level.WARNING,
        "hook " + name() + " failed in " + method.methodName + "; the task goes on",
        error);
  }

  private void logQuarantine(HookMethod last) {
    HookRegistry.quarantined();
    LOG.log(
        System.Logger.Level.ERROR,
        "hook {0} failed {1} times in a row, last in {2}: it is quarantined and not called again",
        name(),
        QUARANTINE_AFTER,
        last.methodName);
  }

  HookStatus status() {
    Map<String, Long> byMethod = new TreeMap<>();
    failures.forEach((method, count) -> byMethod.put(method.methodName, count.get()));
    return new HookStatus(name(), byMethod, quarantined);
  }

  boolean hasFailed() {
    return !failures.isEmpty();
  }
}
