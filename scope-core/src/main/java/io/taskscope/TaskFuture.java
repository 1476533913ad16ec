// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a task ended, its result, and those who wait for it. */
abstract sealed class TaskFuture<T extends @Nullable Object> extends TaskIdentity<T>
    permits TaskControl {
  private static final VarHandle OUTCOME;
  private static final VarHandle WAITERS;

  private static final long NO_LIMIT = -1;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OUTCOME = lookup.findVarHandle(TaskFuture.class, "outcome", Outcome.class);
      WAITERS = lookup.findVarHandle(TaskFuture.class, "waiters", Waiters.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  volatile @Nullable Outcome outcome;
  private volatile @Nullable Waiters waiters;
  @Nullable T result; // published by left
  long finishedNanos; // published by outcome

  /** Set once, when it is no longer counted as live. */
  volatile boolean left;

  /** Whether its failure has been shown to a handler or to the log. */
  volatile boolean reported;

  /** Whether a caller has got its failure, or is about to. */
  volatile boolean retrieved;

  /** Whether a caller has seen how it ended. */
  volatile boolean shown;

  TaskFuture(ScopeNode scope, String name, TaskOrigin origin) {
    super(scope, name, origin);
  }

  /** Sets the outcome; false if there is one already. */
  final boolean decide(Outcome how) {
    if (outcome == null) {
      finishedNanos = System.nanoTime();
    }
    return OUTCOME.compareAndSet(this, null, how);
  }

  /** Whether someone waits right now. */
  final boolean isAwaited() {
    Waiters waiting = waiters;
    return waiting != null && waiting.anyone();
  }

  /** It has left: wake all who wait. A failure is theirs. */
  final void wakeWaiters() {
    Waiters waiting = waiters;
    if (waiting != null) {
      if (waiting.settle()) {
        retrieved = true;
      }
      waiting.left(self());
    }
  }

  abstract TaskRun<T> self();

  @Override
  public T get() throws InterruptedException, ExecutionException {
    if (!left) {
      await(NO_LIMIT);
    }
    return value();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!left && !await(Math.max(0, unit.toNanos(timeout)))) {
      throw new TimeoutException(
          this + " has not ended within " + timeout + " " + unit.toChronoUnit());
    }
    return value();
  }

  /** Waits until it has left; false if it has not within this time. */
  private boolean await(long nanos) throws InterruptedException {
    Waiters waiting = waiters();
    waiting.enter();
    boolean inTime = true;
    try {
      if (nanos == NO_LIMIT) {
        waiting.await();
      } else {
        inTime = waiting.await(nanos, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      if (!waiting.exit()) {
        throw e;
      }
      Thread.currentThread().interrupt(); // it left at that moment, and its failure is ours
      return true;
    }
    return waiting.exit() || inTime;
  }

  private Waiters waiters() {
    Waiters waiting = waiters;
    if (waiting == null) {
      WAITERS.compareAndSet(this, null, new Waiters());
      waiting = Objects.requireNonNull(waiters);
    }
    if (left) { // it may have left before it could see the waiters
      waiting.left(self());
    }
    return waiting;
  }

  /**
   * Has a listener told, once, when the task has left; on whatever thread that happens, maybe this
   * one.
   */
  void onLeave(Consumer<TaskRun<?>> listener) {
    Waiters waiting = waiters();
    waiting.add(listener);
    if (left) {
      waiting.left(self());
    }
  }

  /** The same for a listener that takes care of a failure, so that it is not reported as well. */
  void retrieveOnLeave(Consumer<TaskRun<?>> listener) {
    waiters().enter();
    onLeave(listener);
  }

  /**
   * Whoever asked for that does not follow the task any longer; a failure to come is not theirs.
   */
  void retrieveNoMore() {
    waiters().exit();
  }

  @SuppressWarnings("NullAway") // a null result is a T: the body returned it
  private T value() throws ExecutionException {
    return switch (Objects.requireNonNull(outcome)) {
      case Outcome.Success success -> result;
      case Outcome.Failure failure -> {
        retrieved = true;
        shown = true;
        Failures.retrieved(self(), failure.error());
        throw new Failures.Retrieved(self(), failure.error());
      }
      case Outcome.Cancelled cancelled -> throw cancellation();
      case Outcome.Abandoned abandoned -> throw cancellation();
    };
  }

  CancellationException cancellation() {
    return new CancellationException(this + " was " + Failures.ending(outcome));
  }

  @Override
  public T resultNow() {
    if (left && outcome instanceof Outcome.Success) {
      return result();
    }
    throw new IllegalStateException(this + " has no result: it " + Failures.standing(self()));
  }

  @SuppressWarnings("NullAway") // a null result is a T: the body returned it
  private T result() {
    return result;
  }

  @Override
  public Throwable exceptionNow() {
    if (left && outcome instanceof Outcome.Failure failure) {
      shown = true;
      Failures.retrieved(self(), failure.error());
      return failure.error();
    }
    throw new IllegalStateException(this + " has not failed: it " + Failures.standing(self()));
  }

  @Override
  public boolean isDone() {
    return left;
  }

  @Override
  public boolean isCancelled() {
    return left && (outcome instanceof Outcome.Cancelled || outcome instanceof Outcome.Abandoned);
  }

  @Override
  public State state() {
    Outcome how = outcome;
    if (!left || how == null) {
      return State.RUNNING;
    }
    return switch (how.kind()) {
      case SUCCESS -> State.SUCCESS;
      case FAILURE -> State.FAILED;
      case CANCELLED, ABANDONED -> State.CANCELLED;
    };
  }

  @Override
  public Optional<Outcome> outcome() {
    return Optional.ofNullable(outcome);
  }
}
