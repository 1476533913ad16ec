// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.AttachmentKey;
import io.taskscope.internal.HookSet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A task: its control word, its outcome, and the way from one to the other.
 *
 * <p>Two things happen exactly once, each decided by one atomic step. The <em>outcome</em> is set by
 * whoever first changes it from null: the body's end, a cancellation before the start, or the scope giving
 * up. The task <em>leaves</em> its scope once, under the lock of the registry. {@code isDone()} means that
 * it has left, so that whoever sees a finished task also sees counts that include it.
 */
final class TaskRun<T extends @Nullable Object> extends Member
    implements Task<T>, Context, Runnable {
  // The control word. Cancelling and ending race for it.
  private static final int CREATED = 0; // hooks are being told; a cancel waits for them
  private static final int QUEUED = 1;
  private static final int RUNNING = 2;
  private static final int INTERRUPTING = 3; // an interrupt is being delivered; the end waits for it
  private static final int INTERRUPTED = 4;
  private static final int ENDED = 5;

  private static final VarHandle CONTROL;
  private static final VarHandle OUTCOME;
  private static final VarHandle CANCEL;
  private static final VarHandle WAITERS;
  private static final VarHandle ATTACHMENTS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CONTROL = lookup.findVarHandle(TaskRun.class, "control", int.class);
      OUTCOME = lookup.findVarHandle(TaskRun.class, "outcome", Outcome.class);
      CANCEL = lookup.findVarHandle(TaskRun.class, "cancel", Outcome.Cancelled.class);
      WAITERS = lookup.findVarHandle(TaskRun.class, "waiters", Waiters.class);
      ATTACHMENTS = lookup.findVarHandle(TaskRun.class, "attachments", Object[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long id = Ids.nextTask();
  private final String name;
  private final ScopeNode scope;
  private final TaskOrigin origin;
  private final HookSet hooks;
  private final @Nullable TaskRef creator;
  private final long createdNanos;
  private volatile long startedNanos; // 0 until it starts
  private long finishedNanos; // published by outcome

  private volatile int control = CREATED;
  private volatile @Nullable Outcome outcome;
  private volatile Outcome.@Nullable Cancelled cancel;
  private volatile @Nullable Waiters waiters;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Inherited inheritable;
  private volatile @Nullable Object @Nullable [] attachments; // key, value, key, value, ...
  private @Nullable T result; // published by left

  /** The body until it ended, from then on its class, so that nothing the body holds stays in memory. */
  private volatile Object body;

  /** Whether it is called by the task that created it, on the same thread. */
  private final boolean nested;

  /** Set once, under the lock of the registry's stripe. */
  volatile boolean left;

  /** Whether the scope's quiet does not depend on it. Guarded by the lock of the registry's stripe. */
  boolean exempt;

  /** Whether its failure has been shown to a handler or to the log. */
  volatile boolean reported;

  TaskRun(ScopeNode scope, String name, TaskOrigin origin, Object body) {
    this.scope = scope;
    this.name = name;
    this.origin = origin;
    this.body = Objects.requireNonNull(body, "body");
    this.hooks = scope.hooks();
    Context context = Context.current();
    this.creator = context == null ? null : context.inheritable().task;
    this.nested = origin == TaskOrigin.CALLED && Context.ownTask() != null;
    this.createdNanos = System.nanoTime();
  }

  // ---- life: created, queued, running, ended

  /** The task is a member: tell the hooks, and open it for running and cancelling. */
  void created() {
    hooks.taskCreated(this);
    control = QUEUED;
    Outcome.Cancelled request = cancel;
    if (request != null) {
      endBeforeStart(request);
    }
  }

  /** Ends the task in place of running it; does nothing if it has begun or ended. */
  void endBeforeStart(Outcome how) {
    if (CONTROL.compareAndSet(this, QUEUED, ENDED)) {
      finish(how, null);
    }
  }

  /** The body of the thread of a spawned task. */
  @Override
  public void run() {
    if (!begin()) {
      return;
    }
    Context.CARRIER.set(this);
    hooks.taskStarted(this);
    T value = null;
    Throwable error = null;
    try {
      value = invoke();
    } catch (Throwable thrown) {
      error = thrown;
    }
    end(value, error);
    if (error instanceof Error serious && outcome instanceof Outcome.Failure) {
      Failures.toUncaughtHandler(serious);
    }
  }

  @SuppressWarnings("unchecked") // the factory methods of ScopeNode pair T with the body
  private @Nullable T invoke() throws Throwable {
    if (body instanceof Callable<?> callable) {
      return (T) callable.call();
    }
    ((TaskAction<?>) body).run();
    return null;
  }

  /** Runs a called task on the calling thread. */
  @SuppressWarnings("unchecked") // X is what the body declares
  <X extends Throwable> T runHere(ScopedValue.CallableOp<? extends T, X> op) throws X {
    if (!begin()) {
      throw cancellation();
    }
    Context before = Context.current();
    Context.CARRIER.set(this);
    T value = null;
    Throwable error = null;
    try {
      hooks.taskStarted(this);
      value = op.call();
      return value;
    } catch (Throwable thrown) {
      error = thrown;
      throw (X) thrown;
    } finally {
      end(value, error);
      Context.restore(before);
    }
  }

  private boolean begin() {
    thread = Thread.currentThread(); // before it counts as running: a canceller will need it
    if (CONTROL.compareAndSet(this, QUEUED, RUNNING)) {
      startedNanos = System.nanoTime() | 1; // never 0, which means not started
      return true;
    }
    thread = null;
    return false;
  }

  private void end(@Nullable T value, @Nullable Throwable error) {
    int before;
    do {
      while ((before = control) == INTERRUPTING) {
        Thread.onSpinWait(); // the canceller is between two instructions
      }
    } while (!CONTROL.compareAndSet(this, before, ENDED));
    boolean interrupted = before == INTERRUPTED;
    if (interrupted && origin == TaskOrigin.CALLED) {
      Thread.interrupted(); // ours, and too late for the body: it is not the caller's
    }
    Outcome.Cancelled request = cancel;
    if (interrupted && request != null && (error == null || Failures.isCancellation(error))) {
      finish(request, null);
    } else if (error != null) {
      finish(new Outcome.Failure(error), null);
    } else {
      finish(Outcome.Success.INSTANCE, value);
    }
  }

  private void finish(Outcome how, @Nullable T value) {
    if (outcome == null) {
      finishedNanos = System.nanoTime();
    }
    boolean first = OUTCOME.compareAndSet(this, null, how);
    boolean awaited = false;
    if (first && how instanceof Outcome.Failure failure) {
      Waiters waiting = waiters;
      awaited = origin == TaskOrigin.CALLED || (waiting != null && waiting.anyone());
      scope.failed(this, failure.error());
    }
    hooks.taskFinished(this); // before it leaves: who sees the scope quiet sees all telemetry of it
    body = bodyClass();
    thread = null;
    if (first) {
      result = value;
      leave(how.kind());
      if (how instanceof Outcome.Failure failure && !awaited) {
        Failures.report(this, failure.error());
      }
    }
  }

  /**
   * Gives the task up. Its body may go on, but the scope does not count on it any more. Calls no hook:
   * whoever gives up must not depend on one, and calls {@link #tellAbandoned} where it can block.
   *
   * @return false if the body had ended after all
   */
  boolean abandon(List<StackTraceElement> stack) {
    finishedNanos = outcome == null ? System.nanoTime() : finishedNanos;
    boolean first = OUTCOME.compareAndSet(this, null, new Outcome.Abandoned(stack));
    // Where the body has ended, a hook holds up its thread: the scope goes on all the same.
    leave(Objects.requireNonNull(outcome).kind());
    return first;
  }

  void tellAbandoned() {
    hooks.taskAbandoned(this);
  }

  private void leave(Outcome.Kind kind) {
    scope.leave(this, kind);
    Inherited passedOn = inheritable;
    if (passedOn != null && passedOn.task != null) {
      passedOn.task.task = null;
    }
    Waiters waiting = waiters;
    if (waiting != null) {
      waiting.countDown();
    }
  }

  boolean hasLeft() {
    return left;
  }

  // ---- cancelling

  @Override
  public boolean cancel(String reason) {
    Objects.requireNonNull(reason, "reason");
    if (outcome != null) {
      return false;
    }
    if (cancel == null) {
      CANCEL.compareAndSet(this, null, new Outcome.Cancelled(reason, Failures.whoAmI()));
    }
    deliverCancel();
    return outcome == null || outcome instanceof Outcome.Cancelled;
  }

  /** Cancels with a ready-made request, so that cancelling many allocates one. */
  void cancel(Outcome.Cancelled request) {
    CANCEL.compareAndSet(this, null, request);
    deliverCancel();
  }

  /** Interrupts the body if it has begun, and calls no hook; the rest of {@link #cancel} may follow. */
  void cancelIfBegun(Outcome.Cancelled request) {
    CANCEL.compareAndSet(this, null, request);
    interrupt();
  }

  private void deliverCancel() {
    endBeforeStart(Objects.requireNonNull(cancel));
    interrupt();
  }

  private void interrupt() {
    if (CONTROL.compareAndSet(this, RUNNING, INTERRUPTING)) {
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      }
      control = INTERRUPTED;
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (!mayInterruptIfRunning && control > QUEUED) {
      return false;
    }
    return cancel("cancelled through Future.cancel");
  }

  // ---- the result

  @Override
  public T get() throws InterruptedException, ExecutionException {
    if (!left) {
      Waiters waiting = waiters();
      waiting.enter();
      try {
        waiting.await();
      } finally {
        waiting.exit();
      }
    }
    return value();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!left) {
      Waiters waiting = waiters();
      waiting.enter();
      try {
        if (!waiting.await(timeout, unit)) {
          throw new TimeoutException(
              this + " has not ended within " + timeout + " " + unit.toChronoUnit());
        }
      } finally {
        waiting.exit();
      }
    }
    return value();
  }

  private Waiters waiters() {
    Waiters waiting = waiters;
    if (waiting == null) {
      WAITERS.compareAndSet(this, null, new Waiters());
      waiting = Objects.requireNonNull(waiters);
    }
    if (left) { // it may have left before it could see the waiters
      waiting.countDown();
    }
    return waiting;
  }

  @SuppressWarnings("NullAway") // a null result is a T: the body returned it
  private T value() throws ExecutionException {
    return switch (Objects.requireNonNull(outcome)) {
      case Outcome.Success success -> result;
      case Outcome.Failure failure -> throw new Failures.Retrieved(this, failure.error());
      case Outcome.Cancelled cancelled -> throw cancellation();
      case Outcome.Abandoned abandoned -> throw cancellation();
    };
  }

  private CancellationException cancellation() {
    return new CancellationException(this + " was " + Failures.ending(outcome));
  }

  @Override
  public T resultNow() {
    if (left && outcome instanceof Outcome.Success) {
      return result();
    }
    throw new IllegalStateException(this + " has no result: it " + Failures.standing(this));
  }

  @SuppressWarnings("NullAway") // a null result is a T: the body returned it
  private T result() {
    return result;
  }

  @Override
  public Throwable exceptionNow() {
    if (left && outcome instanceof Outcome.Failure failure) {
      return failure.error();
    }
    throw new IllegalStateException(this + " has not failed: it " + Failures.standing(this));
  }

  @Override
  public boolean isDone() {
    return left;
  }

  @Override
  public boolean isCancelled() {
    return left
        && (outcome instanceof Outcome.Cancelled || outcome instanceof Outcome.Abandoned);
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

  // ---- what it is

  @Override
  public long id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ScopeNode scope() {
    return scope;
  }

  @Override
  public Optional<Task<?>> parent() {
    return Optional.ofNullable(creator == null ? null : creator.task);
  }

  @Override
  public long parentId() {
    return creator == null ? 0 : creator.id;
  }

  /** The task whose body called this one; null if this one is the outermost of its thread. */
  @Nullable TaskRun<?> callerOnThisThread() {
    return nested && creator != null ? creator.task : null;
  }

  @Override
  public TaskOrigin origin() {
    return origin;
  }

  @Override
  public TaskState taskState() {
    if (outcome != null) {
      return TaskState.FINISHED;
    }
    Thread running = thread;
    if (startedNanos == 0 || running == null) {
      return TaskState.QUEUED;
    }
    return switch (running.getState()) {
      case BLOCKED, WAITING, TIMED_WAITING -> TaskState.PARKED;
      case NEW, RUNNABLE, TERMINATED -> TaskState.RUNNING;
    };
  }

  @Override
  public Optional<Outcome> outcome() {
    return Optional.ofNullable(outcome);
  }

  @Override
  public TaskTimes times() {
    long now = outcome == null ? System.nanoTime() : finishedNanos;
    long started = startedNanos == 0 ? now : Math.clamp(startedNanos, createdNanos, now);
    Duration delay = Duration.ofNanos(started - createdNanos);
    return new TaskTimes(
        Duration.ofNanos(now - createdNanos),
        delay,
        Duration.ofNanos(now - started),
        Duration.ZERO,
        delay,
        Duration.ZERO,
        0,
        0);
  }

  long ageNanos() {
    return (outcome == null ? System.nanoTime() : finishedNanos) - createdNanos;
  }

  @Override
  public Instant createdAt() {
    return Instant.now().minusNanos(System.nanoTime() - createdNanos);
  }

  @Override
  public boolean hasStarted() {
    return startedNanos != 0;
  }

  @Override
  public Class<?> bodyClass() {
    Object current = body;
    return current instanceof Class<?> ended ? ended : current.getClass();
  }

  @Override
  public Optional<Thread> thread() {
    return Optional.ofNullable(thread);
  }

  @Override
  public StackTraceElement[] where() {
    Thread running = thread;
    return running == null ? new StackTraceElement[0] : running.getStackTrace();
  }

  @Override
  public <A> void attach(AttachmentKey<A> key, @Nullable A value) {
    while (true) {
      @Nullable Object[] before = attachments;
      int at = indexOf(before, key);
      @Nullable Object[] after;
      if (before == null) {
        after = new @Nullable Object[] {key, value};
      } else if (at >= 0) {
        after = before.clone();
        after[at + 1] = value;
      } else {
        after = Arrays.copyOf(before, before.length + 2);
        after[before.length] = key;
        after[before.length + 1] = value;
      }
      if (ATTACHMENTS.compareAndSet(this, before, after)) {
        return;
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // attach pairs key and value
  public <A> @Nullable A attachment(AttachmentKey<A> key) {
    @Nullable Object[] current = attachments;
    int at = indexOf(current, key);
    return at < 0 || current == null ? null : (A) current[at + 1];
  }

  private static int indexOf(@Nullable Object @Nullable [] attachments, AttachmentKey<?> key) {
    if (attachments != null) {
      for (int i = 0; i < attachments.length; i += 2) {
        if (attachments[i] == key) {
          return i;
        }
      }
    }
    return -1;
  }

  // ---- context of the threads it starts

  @Override
  public @Nullable TaskRun<?> liveTask() {
    return left ? null : this;
  }

  @Override
  public @Nullable ScopeNode nearestScope() {
    return scope.selfOrOpenAncestor();
  }

  @Override
  public Inherited inheritable() {
    Inherited passedOn = inheritable;
    if (passedOn == null) {
      passedOn = new Inherited(scope.ref, new TaskRef(this));
      inheritable = passedOn; // only this task's thread gets here
      if (left && passedOn.task != null) { // abandoned meanwhile, by someone who did not see it
        passedOn.task.task = null;
      }
    }
    return passedOn;
  }

  @Override
  public String toString() {
    return "task " + id + " \"" + name + "\" of " + scope.path();
  }
}
