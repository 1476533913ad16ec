// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.Creator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task: its control word, its outcome, and the way from one to the other.
 *
 * <p>Two things happen exactly once, each decided by one atomic step. The <em>outcome</em> is set
 * by whoever first changes it from null: the body's end, a cancellation before the start, or the
 * scope giving up. The task <em>leaves</em> its scope once, decided by the registry. {@code
 * isDone()} means that it has left, so that whoever sees a finished task also sees counts that
 * include it.
 */
final class TaskRun<T extends @Nullable Object> extends TaskControl<T>
    implements Context, Runnable {
  private static final VarHandle STARTED;

  static {
    try {
      STARTED = MethodHandles.lookup().findVarHandle(TaskRun.class, "startedNanos", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long startedNanos; // 0 until it starts
  private volatile @Nullable Inherited inheritable;

  /** Where its time goes; null where the agent does not tell. */
  volatile @Nullable Steps steps = AgentLink.newSteps();

  /**
   * The body until it ended, from then on its class, so that nothing the body holds stays in
   * memory.
   */
  private Object body;

  /**
   * Where it is among the live tasks of its scope; null when it is not, or someone is letting it
   * go: whoever keeps the finished task keeps no other one in memory. Read and changed by the
   * registry.
   */
  Lane.@Nullable Chunk chunk;

  /** Its slot in the chunk. */
  byte slot;

  /** Whether the scope's quiet does not depend on it. Guarded for writing by the registry. */
  volatile boolean exempt;

  TaskRun(ScopeNode scope, String name, TaskOrigin origin, Object body) {
    super(scope, name, origin);
    this.body = Objects.requireNonNull(body, "body");
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
    open();
  }

  @Override
  void endedBeforeStart(Outcome how) {
    hooks = hooks.stillThere();
    finish(how, null);
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
    if (!enter(here)) {
      return false;
    }
    STARTED.setOpaque(this, System.nanoTime() | 1); // never 0, which means not started
    stepsBegin(here);
    interruptIfCancelled(); // whoever asked for it may have looked just before
    return true;
  }

  private void stepsBegin(Thread here) {
    Steps own = steps;
    if (own != null) {
      own.begun(startedNanos, here.isVirtual());
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
    if (!hasSettled()) {
      end(null, error);
    }
  }

  /** The end of a task whose thread could not be started. */
  void neverRan(Throwable why) {
    endBeforeStart(new Outcome.Failure(why));
    endAdopted(why);
  }

  private void end(@Nullable T value, @Nullable Throwable error) {
    boolean interrupted = (!isUndisturbed() || mustNotBeInterrupted(error)) && settle();
    CancelRequest request = cancelRequest();
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
    forgetThread();
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

  // ---- where it stands

  @Override
  public TaskState taskState() {
    if (outcome != null) {
      return TaskState.FINISHED;
    }
    Thread running = runningThread();
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
    Steps own = steps;
    Steps settled = own == null || own.hasEnded() ? own : own.settled(now);
    long started = startedNanos == 0 ? now : startedNanos; // after the steps, which begin after it
    return settled == null
        ? TaskTimes.of(createdNanos, started, now)
        : settled.times(createdNanos, started, now);
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
  public StackTraceElement[] where() {
    Thread running = runningThread();
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
