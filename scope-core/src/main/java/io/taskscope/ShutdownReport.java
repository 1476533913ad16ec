// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.OutcomeCounts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the shutdown of a scope did, with the same for every scope below it. Immutable. {@link
 * #toString()} is a text for people.
 *
 * @param scopeId the id of the scope
 * @param path its path
 * @param result the worst that happened here or below
 * @param duration from the request, or for an inner scope from the moment it began to drain, to the
 *     end
 * @param deadline the limit given for the whole, if one was given
 * @param phases the phases this scope went through, in order
 * @param atStart how many tasks of its own were live when it began to drain
 * @param during how tasks of its own ended from then on
 * @param counts how all tasks of its own ended since the scope was made
 * @param resources the resources it owned, in the order in which they were closed
 * @param ownAbandoned tasks of its own, and of blocks opened in them, that were given up
 * @param background daemon threads that tasks of its own had started and that live on: nobody
 *     waited for them, and they change no result. Known only with the agent
 * @param children the reports of the scopes below it, in the order in which they closed
 * @param unfinished 0 once all is closed; else this is how many scopes, counted up to 10 000, were
 *     still being closed, which goes on: the deadline was over before every one could be looked at,
 *     or the report was asked for by a hook or a resource of the shutdown itself, which cannot wait
 *     for its own end
 * @param live the first 1 000 tasks, here and below, that were live when the report was made,
 *     without their stacks; empty unless some scopes are {@code unfinished}
 */
public record ShutdownReport(
    long scopeId,
    String path,
    Result result,
    Duration duration,
    Optional<Duration> deadline,
    List<Phase> phases,
    long atStart,
    OutcomeCounts during,
    OutcomeCounts counts,
    List<Resource> resources,
    List<AbandonedTask> ownAbandoned,
    List<AbandonedTask> background,
    List<ShutdownReport> children,
    long unfinished,
    List<AbandonedTask> live) {

  /** Keeps immutable copies of the lists. */
  public ShutdownReport {
    phases = List.copyOf(phases);
    resources = List.copyOf(resources);
    ownAbandoned = List.copyOf(ownAbandoned);
    background = List.copyOf(background);
    children = List.copyOf(children);
    live = List.copyOf(live);
  }

  /** How a shutdown went, from best to worst. */
  public enum Result {
    /** Every task ended by itself, and every resource closed. */
    CLEAN,
    /** Some tasks had to be cancelled, and then ended; or a resource failed to close. */
    CANCELLED,
    /**
     * Some tasks ignored their interrupt and were given up, or a resource did not close in time.
     */
    ABANDONED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The value of the {@code result} label and field in all telemetry: the name in lower case. */
    public String label() {
      return label;
    }

    Result worse(Result other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  /**
   * One phase of the shutdown of one scope.
   *
   * @param phase which
   * @param duration how long it took
   * @param result {@code CLEAN} if nothing was left at its end, else {@code CANCELLED} when it left
   *     tasks to the cancel phase, or {@code ABANDONED}
   * @param tasksAtStart live tasks when it began; for resources, how many there were
   * @param tasksAtEnd live tasks when it ended; for resources, how many did not close
   */
  public record Phase(
      ShutdownPhase phase, Duration duration, Result result, long tasksAtStart, long tasksAtEnd) {}

  /**
   * A resource that was owned by the scope.
   *
   * @param name the name it was given
   * @param duration how long closing took, or how long it was waited for
   * @param error what closing threw; null when it threw nothing
   * @param timedOut whether closing was still not over when it was given up
   */
  public record Resource(
      String name, Duration duration, @Nullable Throwable error, boolean timedOut) {}

  /**
   * A task that ignored its interrupt and was given up; or a background thread that was left alone;
   * or a task that was still live.
   *
   * @param id its id
   * @param name its name
   * @param path the path of its scope
   * @param age how old it was
   * @param stack where its thread stood, innermost frame first; empty when it could not be told
   */
  public record AbandonedTask(
      long id, String name, String path, Duration age, List<StackTraceElement> stack) {
    /** Keeps an immutable copy of the stack. */
    public AbandonedTask {
      stack = List.copyOf(stack);
    }
  }

  /** Every task that was given up, here and below, innermost scopes first. */
  public List<AbandonedTask> abandoned() {
    List<AbandonedTask> found = new ArrayList<>();
    all().forEach(report -> found.addAll(report.ownAbandoned()));
    return List.copyOf(found);
  }

  /** This report and all below it, in the order in which the scopes closed: this one comes last. */
  public List<ShutdownReport> all() {
    Deque<ShutdownReport> todo = new ArrayDeque<>();
    Deque<ShutdownReport> order = new ArrayDeque<>();
    todo.push(this);
    while (!todo.isEmpty()) { // a loop, because trees may be thousands of scopes deep
      ShutdownReport next = todo.pop();
      order.push(next);
      next.children().forEach(todo::push);
    }
    return List.copyOf(order);
  }

  /** Equal if all fields are, here and below. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof ShutdownReport report)) {
      return false;
    }
    // No recursion, because trees may be thousands of scopes deep.
    List<ShutdownReport> mine = all();
    List<ShutdownReport> others = report.all();
    return mine.size() == others.size()
        && IntStream.range(0, mine.size()).allMatch(i -> mine.get(i).isAlike(others.get(i)));
  }

  private boolean isAlike(ShutdownReport other) {
    return scopeId == other.scopeId
        && path.equals(other.path)
        && result == other.result
        && duration.equals(other.duration)
        && deadline.equals(other.deadline)
        && phases.equals(other.phases)
        && atStart == other.atStart
        && during.equals(other.during)
        && counts.equals(other.counts)
        && resources.equals(other.resources)
        && ownAbandoned.equals(other.ownAbandoned)
        && background.equals(other.background)
        && children.size() == other.children.size()
        && unfinished == other.unfinished
        && live.equals(other.live);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scopeId, path, result, duration, children.size());
  }

  /**
   * The report as a table, innermost scopes first, then the abandoned tasks by where they stand.
   * More than 1 000 scopes are cut down to the worst.
   */
  @Override
  public String toString() {
    return ReportText.of(this);
  }
}
