// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a scope behaves. Immutable: every method answers a changed copy, so options are built by a
 * lambda:
 *
 * <pre>{@code
 * web.child("app-a", o -> o.drainTimeout(Duration.ofSeconds(10)).onFailure(this::page));
 * }</pre>
 *
 * <p>Options are of one scope and not inherited by the scopes below it, except that {@link #hook},
 * {@link #creationSite}, {@link #adoption}, {@link #spans} and {@link #taskNamesAsLabel} hold for
 * the subtree, and failure handlers are asked from the inside to the outside.
 */
public final class ScopeOptions {
  /**
   * How long a scope waits for its tasks to end by themselves, unless told otherwise: 10 seconds.
   */
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /** How long a scope waits for interrupted tasks, unless told otherwise: 1 second. */
  public static final Duration DEFAULT_CANCEL_TIMEOUT = Duration.ofSeconds(1);

  /** The options of {@code root} and {@code child} before the lambda. */
  static final ScopeOptions LONG_LIVED = new ScopeOptions(new Values());

  /** The options of {@code open} before the lambda. */
  static final ScopeOptions BLOCK = LONG_LIVED.policy(Policy.FAIL_FAST);

  /** What the options are while a copy is being changed; nobody else sees it until it is done. */
  private static final class Values implements Cloneable {
    Policy policy = Policy.SUPERVISE;
    @Nullable FailureHandler failureHandler;
    long drainNanos = DEFAULT_DRAIN_TIMEOUT.toNanos();
    long cancelNanos = DEFAULT_CANCEL_TIMEOUT.toNanos();
    @Nullable Duration deadline;
    List<String> closeAfter = List.of();
    List<TaskHook> hooks = List.of();
    @Nullable TaskClock clock;
    int history = History.DEFAULT_SIZE;
    @Nullable CreationSite creationSite;
    @Nullable Adoption adoption;
    @Nullable Spans spans;
    @Nullable Boolean taskNamesAsLabel;

    Values copy() {
      try {
        return (Values) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError("it is cloneable", e);
      }
    }
  }

  final Policy policy;
  final @Nullable FailureHandler failureHandler;
  final long drainNanos;
  final long cancelNanos;
  final @Nullable Duration deadline;
  final List<String> closeAfter;
  final List<TaskHook> hooks;
  final @Nullable TaskClock clock;
  final int history;
  final @Nullable CreationSite creationSite;
  private final @Nullable Adoption adoption;
  private final @Nullable Spans spans;
  private final @Nullable Boolean taskNamesAsLabel;
  private final Values values;

  private ScopeOptions(Values values) {
    this.values = values;
    policy = values.policy;
    failureHandler = values.failureHandler;
    drainNanos = values.drainNanos;
    cancelNanos = values.cancelNanos;
    deadline = values.deadline;
    closeAfter = values.closeAfter;
    hooks = values.hooks;
    clock = values.clock;
    history = values.history;
    creationSite = values.creationSite;
    adoption = values.adoption;
    spans = values.spans;
    taskNamesAsLabel = values.taskNamesAsLabel;
  }

  private ScopeOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new ScopeOptions(copy);
  }

  static ScopeOptions from(ScopeOptions defaults, UnaryOperator<ScopeOptions> change) {
    return Objects.requireNonNull(change.apply(defaults), "the options lambda returned null");
  }

  /** With what it leaves open and holds for subtrees taken from the scope above. */
  ScopeOptions inheriting(ScopeOptions above) {
    if (sameForSubtree(above)) {
      return this; // nearly always, so that opening a block makes no copy
    }
    return with(
        v -> {
          v.creationSite = creationSite == null ? above.creationSite : creationSite;
          v.adoption = adoption == null ? above.adoption : adoption;
          v.spans = spans == null ? above.spans : spans;
          v.taskNamesAsLabel = taskNamesAsLabel == null ? above.taskNamesAsLabel : taskNamesAsLabel;
        });
  }

  private boolean sameForSubtree(ScopeOptions above) {
    return (above.creationSite == null || creationSite != null)
        && (above.adoption == null || adoption != null)
        && (above.spans == null || spans != null)
        && (above.taskNamesAsLabel == null || taskNamesAsLabel != null);
  }

  /** What the failure of a task means to its siblings. */
  public ScopeOptions policy(Policy policy) {
    Objects.requireNonNull(policy, "policy");
    return with(v -> v.policy = policy);
  }

  /** Who decides about failed tasks of this scope, and about those a scope below passes on. */
  public ScopeOptions onFailure(FailureHandler handler) {
    Objects.requireNonNull(handler, "handler");
    return with(v -> v.failureHandler = handler);
  }

  /**
   * How long a shutdown waits for the tasks of this scope to end by themselves before it cancels
   * them. Zero cancels at once. Default {@link #DEFAULT_DRAIN_TIMEOUT}.
   *
   * @throws IllegalArgumentException if negative
   */
  public ScopeOptions drainTimeout(Duration timeout) {
    long nanos = Checks.timeout("drainTimeout", timeout);
    return with(v -> v.drainNanos = nanos);
  }

  /**
   * How long a shutdown waits for cancelled tasks of this scope before it abandons them. Zero
   * abandons at once. Default {@link #DEFAULT_CANCEL_TIMEOUT}.
   *
   * @throws IllegalArgumentException if negative
   */
  public ScopeOptions cancelTimeout(Duration timeout) {
    long nanos = Checks.timeout("cancelTimeout", timeout);
    return with(v -> v.cancelNanos = nanos);
  }

  /**
   * Cancels every task of the scope this long after it was made; {@code join} then throws a {@link
   * TaskFailedException} caused by a {@link java.util.concurrent.TimeoutException}. No deadline by
   * default.
   *
   * @throws IllegalArgumentException if zero or negative
   */
  public ScopeOptions deadline(Duration deadline) {
    if (Checks.timeout("deadline", deadline) == 0) {
      throw new IllegalArgumentException("deadline must be longer than zero, but is " + deadline);
    }
    return with(v -> v.deadline = deadline);
  }

  /**
   * In a shutdown of the parent this scope begins to end only when the named siblings are closed.
   *
   * @param siblings names of scopes that were made before under the same parent; making the scope
   *     throws {@link IllegalArgumentException} where one is missing, where one of them would in
   *     turn be closed after this one, and for a block
   */
  public ScopeOptions closeAfter(String... siblings) {
    List<String> all = new ArrayList<>(closeAfter);
    all.addAll(List.of(siblings));
    return with(v -> v.closeAfter = List.copyOf(all));
  }

  /** Adds a hook that is told of this scope and all below it. */
  public ScopeOptions hook(TaskHook hook) {
    List<TaskHook> all = new ArrayList<>(hooks);
    all.add(Objects.requireNonNull(hook, "hook"));
    return with(v -> v.hooks = List.copyOf(all));
  }

  /**
   * The clock of the tree. Only a root has a choice; all below it go by its clock. For tests.
   *
   * @throws IllegalArgumentException when making a scope that has a parent with another clock
   */
  public ScopeOptions clock(TaskClock clock) {
    Objects.requireNonNull(clock, "clock");
    return with(v -> v.clock = clock);
  }

  /**
   * How many finished tasks {@link TaskScope#history} shows, and half as many failures beyond them;
   * 64 and 32 by default. A block keeps none of its own: its tasks are in the history of the scope
   * around it.
   *
   * @throws IllegalArgumentException if negative or above 10 000, which is what a whole tree keeps
   */
  public ScopeOptions history(int size) {
    if (size < 0 || size > HistoryBudget.MAX_PER_ROOT) {
      throw new IllegalArgumentException(
          "history must be 0 to " + HistoryBudget.MAX_PER_ROOT + " tasks, but is " + size);
    }
    return with(v -> v.history = size);
  }

  /**
   * How much is kept of the place that created a task, for the tasks of this scope and of all below
   * it that do not say otherwise. {@link CreationSite#OFF} by default.
   */
  public ScopeOptions creationSite(CreationSite site) {
    Objects.requireNonNull(site, "site");
    return with(v -> v.creationSite = site);
  }

  /**
   * What becomes of threads and submissions that the tasks of this scope, and of all below it that
   * do not say otherwise, start indirectly. {@link Adoption#ALL} by default.
   */
  public ScopeOptions adoption(Adoption adoption) {
    Objects.requireNonNull(adoption, "adoption");
    return with(v -> v.adoption = adoption);
  }

  /**
   * Which tasks of this scope, and of all below it that do not say otherwise, are worth a span to a
   * tracing hook. {@link Spans#ON} by default.
   */
  public ScopeOptions spans(Spans spans) {
    Objects.requireNonNull(spans, "spans");
    return with(v -> v.spans = spans);
  }

  /**
   * Whether metrics of this scope, and of all below it that do not say otherwise, tell task names
   * apart, at most 100 per path. Off by default, because it multiplies the number of series.
   */
  public ScopeOptions taskNamesAsLabel(boolean asLabel) {
    return with(v -> v.taskNamesAsLabel = asLabel);
  }

  /** What becomes of what tasks start indirectly. */
  public Adoption adoption() {
    return adoption == null ? Adoption.ALL : adoption;
  }

  /** Which tasks are worth a span. */
  public Spans spans() {
    return spans == null ? Spans.ON : spans;
  }

  /** Whether metrics tell task names apart. */
  public boolean taskNamesAsLabel() {
    return taskNamesAsLabel != null && taskNamesAsLabel;
  }

  /** How much is kept of the place that created a task. */
  public CreationSite creationSite() {
    return creationSite == null ? CreationSite.OFF : creationSite;
  }

  /** The policy. */
  public Policy policy() {
    return policy;
  }

  /** How long tasks may go on by themselves. */
  public Duration drainTimeout() {
    return Duration.ofNanos(drainNanos);
  }

  /** How long interrupted tasks are waited for. */
  public Duration cancelTimeout() {
    return Duration.ofNanos(cancelNanos);
  }

  /** The time after which the tasks of the scope are cancelled, if there is one. */
  public Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }
}
