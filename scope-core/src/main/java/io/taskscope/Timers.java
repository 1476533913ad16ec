// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The timers of one scope, which stop when it begins to shut down. */
final class Timers {
  private final ScopeNode scope;
  private List<ScopeTimer> active = List.of(); // guarded by this
  private boolean stopped; // guarded by this

  Timers(ScopeNode scope) {
    this.scope = scope;
  }

  Timer every(String name, Duration period, OverlapPolicy overlap, TaskAction<?> body) {
    long nanos = Checks.timeout("period", period);
    if (nanos == 0) {
      throw new IllegalArgumentException(
          "period of timer \"" + name + "\" must be longer than zero, but is " + period);
    }
    return add(new ScopeTimer(scope, Checks.taskName(name), nanos, nanos, overlap, body));
  }

  Timer after(String name, Duration delay, TaskAction<?> body) {
    long nanos = Checks.timeout("delay", delay);
    return add(new ScopeTimer(scope, Checks.taskName(name), nanos, 0, OverlapPolicy.OVERLAP, body));
  }

  private Timer add(ScopeTimer timer) {
    synchronized (this) {
      if (stopped || scope.state() != ScopeState.OPEN) {
        throw new ScopeClosedException(
            "scope %s is %s: it takes no new timer \"%s\""
                .formatted(scope.path(), scope.state(), timer.name()));
      }
      if (active.isEmpty()) {
        active = new ArrayList<>(2);
      }
      active.add(timer);
    }
    timer.start();
    return timer;
  }

  synchronized void remove(ScopeTimer timer) {
    if (!active.isEmpty()) {
      active.remove(timer);
    }
  }

  void stop() {
    List<ScopeTimer> all;
    synchronized (this) {
      stopped = true;
      all = List.copyOf(active);
    }
    all.forEach(ScopeTimer::cancel);
  }
}
