// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The control word of a task, over which its beginning, its end, its shields and those who cancel
 * it agree, and the thread that it stands for.
 *
 * <p>An interrupt that cancels a task reaches its body or nobody: it is delivered while the control
 * word says so, and the end of the body waits for that.
 */
abstract sealed class TaskControl<T extends @Nullable Object> extends TaskFuture<T>
    permits TaskRun {
  private static final int QUEUED = 0;
  private static final int CREATED = 1; // hooks are being told; a cancel waits for them
  private static final int RUNNING = 2;

  /** An interrupt is being delivered, and the end waits for it. */
  private static final int INTERRUPTING = 3;

  private static final int INTERRUPTED = 4;
  private static final int SHIELDED = 5; // a cancel is held back
  private static final int SHIELDED_CANCEL = 6; // and there is one
  private static final int ENDED = 7;

  /** How often the end looks whether an interrupt is delivered, before it gives way to others. */
  private static final int SPINS = 1_000;

  /**
   * How long it waits altogether: an interrupt may call what closes a channel, or be overridden by
   * a class of the application, and so may take any time.
   */
  private static final long MAX_DELIVERY = TimeUnit.SECONDS.toNanos(1);

  private static final VarHandle CONTROL;
  private static final VarHandle CANCEL;
  private static final VarHandle THREAD;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CONTROL = lookup.findVarHandle(TaskControl.class, "control", int.class);
      CANCEL = lookup.findVarHandle(TaskControl.class, "cancel", CancelRequest.class);
      THREAD = lookup.findVarHandle(TaskControl.class, "thread", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int control; // QUEUED, unless hooks are to be told first
  private volatile @Nullable CancelRequest cancel;
  private volatile @Nullable Thread thread;

  TaskControl(ScopeNode scope, String name, TaskOrigin origin) {
    super(scope, name, origin);
    if (hooks.followsCreation()) {
      CONTROL.set(this, CREATED);
    }
  }

  // ---- beginning and ending, on the task's own thread

  /** Hooks know it: it may begin, or be cancelled. */
  final void open() {
    control = QUEUED;
    CancelRequest request = cancel;
    if (request != null) {
      endBeforeStart(request.outcome());
    }
  }

  /** Begins on a thread; false if it has ended before. */
  final boolean enter(Thread here) {
    // Before it counts as running: a canceller will need it, and the next step publishes it.
    THREAD.setOpaque(this, here);
    if (CONTROL.compareAndSet(this, QUEUED, RUNNING)) {
      return true;
    }
    thread = null;
    return false;
  }

  /** Ends the task in place of running it; does nothing if it has begun or ended. */
  final void endBeforeStart(Outcome how) {
    if (CONTROL.compareAndSet(this, QUEUED, ENDED)) {
      endedBeforeStart(how);
    }
  }

  abstract void endedBeforeStart(Outcome how);

  final boolean hasSettled() {
    return control == ENDED;
  }

  /** Whether it runs and nobody has cancelled it up to now. */
  final boolean isUndisturbed() {
    return control == RUNNING;
  }

  /**
   * From here on the thread is not interrupted by a cancel any more, and is not interrupted by one.
   *
   * @return whether it was, by a cancel of this task
   */
  final boolean settle() {
    int before;
    do {
      before = awaitDelivery();
    } while (!CONTROL.compareAndSet(this, before, ENDED));
    if (!isInterrupt(before)) {
      return false;
    }
    Thread.interrupted(); // ours, and too late for the body: it is nobody else's
    for (TaskControl<?> at = callerOnThisThread(); at != null; at = at.callerOnThisThread()) {
      if (isInterrupt(at.awaitDelivery())) { // unless the caller was to be interrupted as well
        interruptSelf();
      }
    }
    return true;
  }

  private static boolean isInterrupt(int control) {
    return control == INTERRUPTED || control == INTERRUPTING;
  }

  /**
   * Waits while an interrupt is being delivered, but not for ever.
   *
   * @return what the control word said at last. Whoever goes by that must not read the word again:
   *     it may have come to say that an interrupt is being delivered, for which nobody has waited.
   */
  private int awaitDelivery() {
    int now = control;
    for (int i = 0; now == INTERRUPTING && i < SPINS; i++) {
      Thread.onSpinWait(); // most often the canceller is between two instructions
      now = control;
    }
    return now == INTERRUPTING ? awaitLongDelivery() : now;
  }

  private int awaitLongDelivery() {
    boolean arrived = false;
    long until = System.nanoTime() + MAX_DELIVERY;
    int now = control;
    while (now == INTERRUPTING && System.nanoTime() - until < 0) {
      arrived |= Thread.interrupted(); // else parking would not wait
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
      now = control;
    }
    if (arrived) {
      interruptSelf();
    }
    return now;
  }

  private void interruptSelf() {
    deliverTo(Thread.currentThread());
  }

  final void forgetThread() {
    THREAD.setRelease(this, null);
  }

  // ---- cancelling, from any thread

  @Override
  public final boolean cancel(String reason) {
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

  @Override
  public final boolean cancel(boolean mayInterruptIfRunning) {
    String reason = "cancelled through Future.cancel";
    if (mayInterruptIfRunning || control == CREATED) {
      return cancel(reason);
    }
    endBeforeStart(Outcome.Cancelled.byCaller(reason));
    return outcome instanceof Outcome.Cancelled;
  }

  /** Cancels with a ready-made request, so that cancelling many allocates one. */
  final void cancel(CancelRequest request) {
    CANCEL.compareAndSet(this, null, request);
    deliverCancel();
  }

  /**
   * Interrupts the body if it has begun, and calls no hook; the rest of {@link #cancel} may follow.
   */
  final void cancelIfBegun(CancelRequest request) {
    CANCEL.compareAndSet(this, null, request);
    interrupt();
  }

  private void deliverCancel() {
    endBeforeStart(Objects.requireNonNull(cancel).outcome());
    interrupt();
  }

  /** On its own thread, when it has just begun. */
  final void interruptIfCancelled() {
    if (cancel != null) {
      interrupt();
    }
  }

  /** Interrupts the body, or leaves it to the end of a shield; once, and never neither. */
  private void interrupt() {
    int before = control;
    while (before == RUNNING || before == SHIELDED) {
      int after = before == RUNNING ? INTERRUPTING : SHIELDED_CANCEL;
      if (CONTROL.compareAndSet(this, before, after)) {
        if (after == INTERRUPTING) {
          deliver(thread);
        }
        return;
      }
      before = control; // it has entered or left a shield just now
    }
  }

  private void deliver(@Nullable Thread running) {
    if (running != null) {
      deliverTo(running);
    }
    CONTROL.compareAndSet(this, INTERRUPTING, INTERRUPTED); // unless its end has not waited so long
  }

  private void deliverTo(Thread running) {
    try {
      running.interrupt();
    } catch (Throwable refused) { // its class overrides that, or closing its channel failed
      scope().tree().failureLog().log(this, "could not be interrupted", refused);
    }
  }

  // ---- shields, on the task's own thread

  /**
   * Runs something on this task's own thread that a cancellation has to wait for; also one of the
   * tasks that called this one, as they share the thread.
   */
  final <R extends @Nullable Object, X extends Throwable> R shielded(
      ScopedValue.CallableOp<? extends R, X> op) throws X {
    TaskControl<?> caller = callerOnThisThread();
    return caller == null
        ? this.<R, X>shieldedAlone(op)
        : caller.<R, X>shielded(() -> this.<R, X>shieldedAlone(op));
  }

  private <R extends @Nullable Object, X extends Throwable> R shieldedAlone(
      ScopedValue.CallableOp<? extends R, X> op) throws X {
    boolean held = CONTROL.compareAndSet(this, RUNNING, SHIELDED);
    boolean interrupted = false;
    if (!held) { // in a shield already, or cancelled before it: then its interrupt is held back
      interrupted = isInterrupt(awaitDelivery()) && Thread.interrupted();
    }
    try {
      return op.call();
    } finally {
      if (held && !CONTROL.compareAndSet(this, SHIELDED, RUNNING)) {
        interrupted = CONTROL.compareAndSet(this, SHIELDED_CANCEL, INTERRUPTED);
      }
      if (interrupted) {
        interruptSelf();
      }
    }
  }

  // ---- what others ask

  final @Nullable CancelRequest cancelRequest() {
    return cancel;
  }

  /** How long ago it was cancelled; 0 if it was not. */
  final long nanosSinceCancel() {
    CancelRequest request = cancel;
    return request == null ? 0 : System.nanoTime() - request.atNanos();
  }

  final @Nullable Thread runningThread() {
    return thread;
  }

  @Override
  public final Optional<Thread> thread() {
    return Optional.ofNullable(thread);
  }
}
