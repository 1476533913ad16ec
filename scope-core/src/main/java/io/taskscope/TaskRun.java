// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.Creator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task: its control word, its outcome, and the way from one to the other.
 *
 * <p>Two things happen exactly once, each decided by one atomic step. The <em>outcome</em> is set
 * by whoever first changes it from null: the body's end, a cancellation before the start, or the
 * scope giving up. The task <em>leaves</em> its scope once, under the lock of the registry. {@code
 * isDone()} means that it has left, so that whoever sees a finished task also sees counts that
 * include it.
 */
final class TaskRun<T extends @Nullable Object> extends TaskFuture<T> implements Context, Runnable {
  // The control word. Cancelling and ending race for it.
  private static final int QUEUED = 0;
  private static final int CREATED = 1; // hooks are being told; a cancel waits for them
  private static final int RUNNING = 2;
  private static final int INTERRUPTING =
      3; // an interrupt is being delivered; the end waits for it
  private static final int INTERRUPTED = 4;
  private static final int SHIELDED = 5; // a cancel is held back
  private static final int SHIELDED_CANCEL = 6; // and there is one
  private static final int ENDED = 7;

  private static final VarHandle CONTROL;
  private static final VarHandle CANCEL;
  private static final VarHandle STARTED;
  private static final VarHandle THREAD;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CONTROL = lookup.findVarHandle(TaskRun.class, "control", int.class);
      CANCEL = lookup.findVarHandle(TaskRun.class, "cancel", CancelRequest.class);
      STARTED = lookup.findVarHandle(TaskRun.class, "startedNanos", long.class);
      THREAD = lookup.findVarHandle(TaskRun.class, "thread", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long startedNanos; // 0 until it starts

  private volatile int control; // QUEUED, unless hooks are to be told first
  private volatile @Nullable CancelRequest cancel;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Inherited inheritable;

  /** Where its time goes; null where the agent does not tell. */
  volatile @Nullable Steps steps = AgentLink.newSteps();

  /**
   * The body until it ended, from then on its class, so that nothing the body holds stays in
   * memory.
   */
  private Object body;

  /** Where it is among the live tasks of its scope; null when it is not, or not any more. */
  Lane.@Nullable Chunk chunk;

  /** Its slot in the chunk. */
  byte slot;

  /** Whether the scope's quiet does not depend on it. Guarded for writing by the registry. */
  volatile boolean exempt;

  TaskRun(ScopeNode scope, String name, TaskOrigin origin, Object body) {
    super(scope, name, origin);
    this.body = Objects.requireNonNull(body, "body");
    if (hooks.followsCreation()) {
      CONTROL.set(this, CREATED);
    }
  }

  @Override
  TaskRun<T> self() {
    return this;
  }

  // ---- life: created, queued, running, ended

  /** The task is a member: tell the hooks, and open it for running and cancelling. */
  void created() {
    if (!hooks.followsCreation()) {
      return;
    }
    hooks.taskCreated(this);
    control = QUEUED;
    CancelRequest request = cancel;
    if (request != null) {
      endBeforeStart(request.outcome());
    }
  }

  /** Ends the task in place of running it; does nothing if it has begun or ended. */
  void endBeforeStart(Outcome how) {
    if (CONTROL.compareAndSet(this, QUEUED, ENDED)) {
      hooks = hooks.stillThere();
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
    tellStarted();
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
      tellStarted();
      value = op.call();
      return value;
    } catch (Throwable thrown) {
      error = thrown;
      throw (X) thrown;
    } finally {
      end(value, error);
      Context.restore(before);
      callEnds(callerOnThisThread());
    }
  }

  private boolean begin() {
    return beginOn(Thread.currentThread());
  }

  /** Begins on a thread; the body follows there. */
  boolean beginOn(Thread here) {
    // Before it counts as running: a canceller will need it, and the next step publishes it.
    THREAD.setOpaque(this, here);
    if (CONTROL.compareAndSet(this, QUEUED, RUNNING)) {
      STARTED.setOpaque(this, System.nanoTime() | 1); // never 0, which means not started
      stepsBegin();
      if (cancel != null) { // whoever asked for it may have looked just before
        interrupt();
      }
      return true;
    }
    thread = null;
    return false;
  }

  private void stepsBegin() {
    Steps own = steps;
    if (own != null) {
      own.begun(startedNanos);
      callBegins(callerOnThisThread(), this);
    }
  }

  /** From here on, the time of the caller's thread is that of another task. */
  static void callBegins(@Nullable TaskRun<?> caller, TaskRun<?> called) {
    Steps outer = caller == null ? null : caller.steps;
    Steps inner = called.steps;
    if (outer != null && inner != null) {
      outer.callBegun(called.startedNanos, inner);
    }
  }

  /** And now it is its own again. */
  static void callEnds(@Nullable TaskRun<?> caller) {
    Steps outer = caller == null ? null : caller.steps;
    if (outer != null) {
      outer.callEnded(System.nanoTime());
    }
  }

  /** On its own thread, when that knows it: the hooks hear that it has begun. */
  void tellStarted() {
    hooks = hooks.stillThere(); // who was taken out before the start hears no more of it
    hooks.taskStarted(this);
    Steps own = steps;
    if (own != null) {
      own.tellBegun(this, startedNanos - createdNanos);
    }
  }

  /** The end of a task that is a thread. */
  void endAdopted(@Nullable Throwable error) {
    if (control != ENDED) {
      end(null, error);
    }
  }

  /** The end of a task whose thread could not be started. */
  void neverRan(Throwable why) {
    endBeforeStart(new Outcome.Failure(why));
    endAdopted(why);
  }

  private void end(@Nullable T value, @Nullable Throwable error) {
    boolean interrupted = (control != RUNNING || mustNotBeInterrupted(error)) && settle();
    CancelRequest request = cancel;
    if (interrupted && request != null && (error == null || Failures.isCancellation(error))) {
      finish(request.outcome(), null);
    } else if (error != null) {
      finish(new Outcome.Failure(error), null);
    } else {
      finish(Outcome.Success.INSTANCE, value);
    }
  }

  /**
   * Whether somebody's code runs on this thread after the body, which an interrupt meant for the
   * body must not reach. If not, the thread is at its end, and an interrupt that comes too late is
   * harmless.
   */
  private boolean mustNotBeInterrupted(@Nullable Throwable error) {
    return origin() != TaskOrigin.SPAWNED || error != null || hooks.followsEnd();
  }

  /**
   * From here on the thread is not interrupted by a cancel any more, and is not interrupted by one.
   *
   * @return whether it was, by a cancel of this task
   */
  private boolean settle() {
    int before;
    do {
      while ((before = control) == INTERRUPTING) {
        Thread.onSpinWait(); // the canceller is between two instructions
      }
    } while (!CONTROL.compareAndSet(this, before, ENDED));
    if (before != INTERRUPTED) {
      return false;
    }
    Thread.interrupted(); // ours, and too late for the body: it is nobody else's
    for (TaskRun<?> at = callerOnThisThread(); at != null; at = at.callerOnThisThread()) {
      if (at.control == INTERRUPTED) { // unless the caller was to be interrupted as well
        Thread.currentThread().interrupt();
      }
    }
    return true;
  }

  private void finish(Outcome how, @Nullable T value) {
    result = value; // before the outcome is: whoever sees that may look for it
    boolean first = decide(how);
    if (!first) {
      result = null; // abandoned meanwhile: nobody wants it
    }
    boolean kept = false;
    if (first && how instanceof Outcome.Failure failure) {
      if (origin() == TaskOrigin.CALLED
          || (body instanceof PooledBody pooled && pooled.hasReceiver())) {
        retrieved = true;
      }
      kept = scope().failed(this, failure.error());
    }
    if (how != outcome && outcome instanceof Outcome.Abandoned) {
      scope().tree().abandonedAlive().remove(this); // it ends after all
    }
    Steps own = steps;
    if (first && own != null) {
      own.ended(this, finishedNanos);
    }
    hooks.taskFinished(this); // before it leaves: who sees the scope quiet sees all telemetry of it
    body = bodyClass(); // not volatile: who reads the old one a while longer sees the same class
    THREAD.setRelease(this, null);
    if (first) {
      leave(how);
      if (how instanceof Outcome.Failure failure && !kept && !retrieved) {
        Failures.report(this, failure.error());
      }
    }
  }

  /**
   * Gives the task up. Its body may go on, but the scope does not count on it any more. Calls no
   * hook: whoever gives up must not depend on one, and calls {@link #tellAbandoned} where it can
   * block.
   *
   * @param note hears of it, if it is given up, before the task leaves
   * @return false if the body had ended after all
   */
  boolean abandon(List<StackTraceElement> stack, Consumer<? super TaskRun<?>> note) {
    scope().tree().abandonedAlive().add(this);
    boolean first = decide(new Outcome.Abandoned(stack));
    if (first) {
      note.accept(this);
    }
    if (!first) { // its body has ended
      scope().tree().abandonedAlive().remove(this);
    }
    // Where the body has ended, a hook holds up its thread: the scope goes on all the same.
    leave(Objects.requireNonNull(outcome));
    return first;
  }

  /** Gives up a background thread, which may well go on: it is no lost one. */
  boolean leaveAlone(List<StackTraceElement> stack) {
    boolean first = decide(new Outcome.Abandoned(stack));
    leave(Objects.requireNonNull(outcome));
    return first;
  }

  void tellAbandoned() {
    hooks.taskAbandoned(this);
  }

  /** Leaves the scope, if it has not left; whoever follows its completions or waits gets it. */
  private void leave(Outcome how) {
    if (!scope().leave(this, how, createdNanos, startedNanos, finishedNanos)) {
      return;
    }
    Inherited passedOn = inheritable;
    if (passedOn != null && passedOn.task != null) {
      passedOn.task.task = null;
    }
    wakeWaiters();
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
      CANCEL.compareAndSet(this, null, CancelRequest.now(Outcome.Cancelled.byCaller(reason)));
    }
    deliverCancel();
    return outcome == null || outcome instanceof Outcome.Cancelled;
  }

  /** Cancels with a ready-made request, so that cancelling many allocates one. */
  void cancel(CancelRequest request) {
    CANCEL.compareAndSet(this, null, request);
    deliverCancel();
  }

  /**
   * Interrupts the body if it has begun, and calls no hook; the rest of {@link #cancel} may follow.
   */
  void cancelIfBegun(CancelRequest request) {
    CANCEL.compareAndSet(this, null, request);
    interrupt();
  }

  private void deliverCancel() {
    endBeforeStart(Objects.requireNonNull(cancel).outcome());
    interrupt();
  }

  /** Interrupts the body, or leaves it to the end of a shield; once, and never neither. */
  private void interrupt() {
    int before = control;
    while (before == RUNNING || before == SHIELDED) {
      int after = before == RUNNING ? INTERRUPTING : SHIELDED_CANCEL;
      if (CONTROL.compareAndSet(this, before, after)) {
        if (after == INTERRUPTING) {
          Thread running = thread;
          if (running != null) {
            running.interrupt();
          }
          control = INTERRUPTED;
        }
        return;
      }
      before = control; // it has entered or left a shield just now
    }
  }

  /**
   * Runs something on this task's own thread that a cancellation has to wait for; also one of the
   * tasks that called this one, as they share the thread.
   */
  <R extends @Nullable Object, X extends Throwable> R shielded(
      ScopedValue.CallableOp<? extends R, X> op) throws X {
    TaskRun<?> caller = callerOnThisThread();
    return caller == null
        ? this.<R, X>shieldedAlone(op)
        : caller.<R, X>shielded(() -> this.<R, X>shieldedAlone(op));
  }

  private <R extends @Nullable Object, X extends Throwable> R shieldedAlone(
      ScopedValue.CallableOp<? extends R, X> op) throws X {
    boolean held = CONTROL.compareAndSet(this, RUNNING, SHIELDED);
    boolean interrupted = false;
    if (!held) { // in a shield already, or cancelled before it: then its interrupt is held back
      while (control == INTERRUPTING) {
        Thread.onSpinWait();
      }
      interrupted = control == INTERRUPTED && Thread.interrupted();
    }
    try {
      return op.call();
    } finally {
      if (held && !CONTROL.compareAndSet(this, SHIELDED, RUNNING)) {
        interrupted = CONTROL.compareAndSet(this, SHIELDED_CANCEL, INTERRUPTED);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    String reason = "cancelled through Future.cancel";
    if (mayInterruptIfRunning || control == CREATED) {
      return cancel(reason);
    }
    endBeforeStart(Outcome.Cancelled.byCaller(reason));
    return outcome instanceof Outcome.Cancelled;
  }

  // ---- where it stands

  /** How long ago it was cancelled; 0 if it was not. */
  long nanosSinceCancel() {
    CancelRequest request = cancel;
    return request == null ? 0 : System.nanoTime() - request.atNanos();
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
    Steps own = steps;
    TaskState measured = own == null ? null : own.state();
    if (measured != null) {
      return measured;
    }
    return switch (running.getState()) {
      case BLOCKED, WAITING, TIMED_WAITING -> TaskState.PARKED;
      case NEW, RUNNABLE, TERMINATED -> TaskState.RUNNING;
    };
  }

  @Override
  public TaskTimes times() {
    long now = outcome == null ? System.nanoTime() : finishedNanos;
    long started = startedNanos == 0 ? now : startedNanos;
    Steps own = steps;
    return own == null
        ? TaskTimes.of(createdNanos, started, now)
        : own.times(createdNanos, started, now);
  }

  /** From its creation to its beginning, or to now. */
  long startDelayNanos(long now) {
    return Math.max(0, (startedNanos == 0 ? now : startedNanos) - createdNanos);
  }

  /** It has left: nothing is booked any more. */
  void settleSteps(long until) {
    Steps own = steps;
    if (own != null) {
      Steps last =
          own.hasEnded() ? own : own.settled(until); // given up: its thread goes on writing
      steps = last;
      scope().stats().steps.add(this, last, until);
    }
  }

  Object body() {
    return body;
  }

  long ageNanos() {
    return (outcome == null ? System.nanoTime() : finishedNanos) - createdNanos;
  }

  @Override
  public boolean hasStarted() {
    return startedNanos != 0;
  }

  @Override
  public Class<?> bodyClass() {
    return switch (body) {
      case Class<?> ended -> ended;
      case AdoptedBody adopted -> adopted.runnable().getClass();
      case AdoptedThread adopted -> adopted.bodyClass();
      case PooledBody pooled -> pooled.bodyClass();
      case Object own -> own.getClass();
    };
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

  // ---- context of the threads it starts

  /** This task and those it came from, for others to remember. */
  List<Creator> lineage() {
    return new TaskRef(this, creator).chain();
  }

  @Override
  public @Nullable TaskRun<?> liveTask() {
    return left ? null : this;
  }

  @Override
  public @Nullable ScopeNode nearestScope() {
    return scope().selfOrOpenAncestor();
  }

  @Override
  public Inherited inheritable() {
    Inherited passedOn = inheritable;
    if (passedOn == null) {
      passedOn = new Inherited(scope().ref, new TaskRef(this, creator));
      inheritable = passedOn; // only this task's thread gets here
      if (left && passedOn.task != null) { // abandoned meanwhile, by someone who did not see it
        passedOn.task.task = null;
      }
    }
    return passedOn;
  }
}
