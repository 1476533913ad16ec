// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a scope behaves. Immutable: every method answers a changed copy, so options are built by a lambda:
 *
 * <pre>{@code
 * web.child("app-a", o -> o.drainTimeout(Duration.ofSeconds(10)).onFailure(this::page));
 * }</pre>
 *
 * <p>Options are of one scope and not inherited by the scopes below it, with two exceptions: {@link
 * #hook} holds for the subtree, and failure handlers are asked from the inside to the outside.
 */
public final class ScopeOptions {
  /** How long a scope waits for its tasks to end by themselves, unless told otherwise: 10 seconds. */
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /** How long a scope waits for interrupted tasks, unless told otherwise: 1 second. */
  public static final Duration DEFAULT_CANCEL_TIMEOUT = Duration.ofSeconds(1);

  /** The options of {@code root} and {@code child} before the lambda. */
  static final ScopeOptions LONG_LIVED =
      new ScopeOptions(
          Policy.SUPERVISE,
          null,
          DEFAULT_DRAIN_TIMEOUT.toNanos(),
          DEFAULT_CANCEL_TIMEOUT.toNanos(),
          null,
          List.of(),
          List.of());

  /** The options of {@code open} before the lambda. */
  static final ScopeOptions BLOCK = LONG_LIVED.policy(Policy.FAIL_FAST);

  final Policy policy;
  final @Nullable FailureHandler failureHandler;
  final long drainNanos;
  final long cancelNanos;
  final @Nullable Duration deadline;
  final List<String> closeAfter;
  final List<TaskHook> hooks;

  private ScopeOptions(
      Policy policy,
      @Nullable FailureHandler failureHandler,
      long drainNanos,
      long cancelNanos,
      @Nullable Duration deadline,
      List<String> closeAfter,
      List<TaskHook> hooks) {
    this.policy = policy;
    this.failureHandler = failureHandler;
    this.drainNanos = drainNanos;
    this.cancelNanos = cancelNanos;
    this.deadline = deadline;
    this.closeAfter = closeAfter;
    this.hooks = hooks;
  }

  static ScopeOptions from(ScopeOptions defaults, UnaryOperator<ScopeOptions> change) {
    return Objects.requireNonNull(change.apply(defaults), "the options lambda returned null");
  }

  /** What the failure of a task means to its siblings. */
  public ScopeOptions policy(Policy policy) {
    Objects.requireNonNull(policy, "policy");
    return new ScopeOptions(
        policy, failureHandler, drainNanos, cancelNanos, deadline, closeAfter, hooks);
  }

  /** Who decides about failed tasks of this scope, and about those a scope below passes on. */
  public ScopeOptions onFailure(FailureHandler handler) {
    Objects.requireNonNull(handler, "handler");
    return new ScopeOptions(policy, handler, drainNanos, cancelNanos, deadline, closeAfter, hooks);
  }

  /**
   * How long a shutdown waits for the tasks of this scope to end by themselves before it cancels them.
   * Zero cancels at once. Default {@link #DEFAULT_DRAIN_TIMEOUT}.
   *
   * @throws IllegalArgumentException if negative
   */
  public ScopeOptions drainTimeout(Duration timeout) {
    long nanos = Checks.timeout("drainTimeout", timeout);
    return new ScopeOptions(
        policy, failureHandler, nanos, cancelNanos, deadline, closeAfter, hooks);
  }

  /**
   * How long a shutdown waits for cancelled tasks of this scope before it abandons them. Zero abandons
   * at once. Default {@link #DEFAULT_CANCEL_TIMEOUT}.
   *
   * @throws IllegalArgumentException if negative
   */
  public ScopeOptions cancelTimeout(Duration timeout) {
    long nanos = Checks.timeout("cancelTimeout", timeout);
    return new ScopeOptions(policy, failureHandler, drainNanos, nanos, deadline, closeAfter, hooks);
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
    return new ScopeOptions(
        policy, failureHandler, drainNanos, cancelNanos, deadline, closeAfter, hooks);
  }

  /**
   * In a shutdown of the parent this scope begins to end only when the named siblings are closed.
   *
   * @param siblings names of scopes that were made before under the same parent; making the scope throws
   *     {@link IllegalArgumentException} where one is missing
   */
  public ScopeOptions closeAfter(String... siblings) {
    List<String> all = new ArrayList<>(closeAfter);
    all.addAll(List.of(siblings));
    return new ScopeOptions(
        policy, failureHandler, drainNanos, cancelNanos, deadline, List.copyOf(all), hooks);
  }

  /** Adds a hook that is told of this scope and all below it. */
  public ScopeOptions hook(TaskHook hook) {
    List<TaskHook> all = new ArrayList<>(hooks);
    all.add(Objects.requireNonNull(hook, "hook"));
    return new ScopeOptions(
        policy,
        failureHandler,
        drainNanos,
        cancelNanos,
        deadline,
        closeAfter,
        List.copyOf(all));
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
