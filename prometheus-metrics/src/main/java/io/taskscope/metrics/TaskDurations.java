// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.Outcome;
import io.taskscope.Task;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How long the tasks of one path took, by outcome and, where their scope wants it, by name. */
final class TaskDurations {
  /** Task names told apart per path; all beyond are recorded under {@link #OTHER}. */
  static final int MAX_NAMES = 100;

  static final String OTHER = "(other)";

  private static final Outcome.Kind[] OUTCOMES = Outcome.Kind.values();

  private final String path;
  private final Registries registries;
  private final ReentrantLock registration;
  private final Registries.Group group;
  private final LongAdder overflowed;

  private final Map<Outcome.Kind, Histogram> unnamed;
  private final ConcurrentMap<String, Map<Outcome.Kind, Histogram>> named =
      new ConcurrentHashMap<>();

  /**
   * @param overflowed counts the tasks of all paths whose name is one too many
   */
  TaskDurations(
      String path,
      Registries registries,
      ReentrantLock registration,
      Registries.Group group,
      LongAdder overflowed) {
    this.path = path;
    this.registries = registries;
    this.registration = registration;
    this.group = group;
    this.overflowed = overflowed;
    unnamed = byOutcome(null);
  }

  private Map<Outcome.Kind, Histogram> byOutcome(@Nullable String task) {
    Map<Outcome.Kind, Histogram> histograms = new EnumMap<>(Outcome.Kind.class);
    for (Outcome.Kind outcome : OUTCOMES) {
      String[] labels =
          task == null
              ? new String[] {path, outcome.label()}
              : new String[] {path, outcome.label(), task};
      histograms.put(
          outcome,
          new Histogram(registries, registration, group, TaskscopeMeter.TASK_DURATION, labels));
    }
    return histograms;
  }

  void record(Task<?> task, Outcome.Kind outcome, long nanos) {
    Map<Outcome.Kind, Histogram> histograms =
        task.scope().options().taskNamesAsLabel() ? named(task.name()) : unnamed;
    Objects.requireNonNull(histograms.get(outcome)).record(nanos, task);
  }

  private Map<Outcome.Kind, Histogram> named(String name) {
    Map<Outcome.Kind, Histogram> known = named.get(name);
    if (known != null) {
      return known;
    }
    if (named.size() < MAX_NAMES) { // some threads too many may see this: see the lock
      known = add(name);
    }
    if (known == null) {
      overflowed.increment();
      known = named.get(OTHER);
    }
    return known == null ? named.computeIfAbsent(OTHER, this::byOutcome) : known;
  }

  private @Nullable Map<Outcome.Kind, Histogram> add(String name) {
    registration.lock();
    try {
      return named.size() < MAX_NAMES ? named.computeIfAbsent(name, this::byOutcome) : null;
    } finally {
      registration.unlock();
    }
  }

  /** With the registration lock held. */
  void bind(Target target) {
    unnamed.values().forEach(histogram -> histogram.bind(target));
    named.values().forEach(byOutcome -> byOutcome.values().forEach(h -> h.bind(target)));
  }
}
