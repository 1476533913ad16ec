// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.ShutdownReport.Result;
import io.taskscope.internal.HookSet;
import io.taskscope.view.OutcomeCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The shutdown of one scope, as a state machine that the {@link ShutdownEngine} moves on whenever
 * something has happened: a task left, a scope inside closed, a time limit passed.
 *
 * <p>Blocks inside the scope, which belong to tasks inside it, go with it; scopes made by {@code child}
 * have a shutdown of their own, and this one waits until they are closed.
 *
 * <p>All fields without a word on it are used by the engine's thread only.
 */
final class ScopeShutdown implements Runnable {
  /** How long tasks that are cancelled at the deadline have to end before they are given up. */
  private static final long LAST_GRACE = TimeUnit.MILLISECONDS.toNanos(20);

  /** When, after the deadline, nothing is waited for any more: neither resources nor hooks. */
  private static final long LAST_CALL = TimeUnit.MILLISECONDS.toNanos(32);

  /** How long resources have at least, if the deadline allows it, and hooks at most. */
  private static final long MIN_RESOURCES = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long MAX_TELLING = TimeUnit.SECONDS.toNanos(1);

  /** From here on a deadline means that there is none. */
  private static final long NO_DEADLINE = TimeUnit.DAYS.toNanos(365L * 50);

  private enum Step {
    WAITING, // for the scopes inside, and siblings that go first
    DRAINING,
    CANCELLING,
    RESOURCES,
    TELLING, // hooks of the end
    CLOSED
  }

  private final ScopeNode scope;
  private final AtomicBoolean queued = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Telling telling = new Telling(this::wake);
  private volatile long deadlineAt = System.nanoTime() + Checks.FOREVER; // guarded for writing by this
  private volatile @Nullable Duration asked; // guarded for writing by this
  private volatile boolean hurried;

  private final List<ShutdownReport> inner = new ArrayList<>();
  private final List<ShutdownReport.Phase> phases = new ArrayList<>();
  private final List<ShutdownReport.AbandonedTask> abandoned = new ArrayList<>();
  private final List<ScopeNode> closedBlocks = new ArrayList<>();
  private final Alarm alarm = new Alarm(this::wake);
  private Step step = Step.WAITING;
  private final long requestedAt = System.nanoTime();
  private long startedAt = requestedAt;
  private long phaseAt;
  private long phaseUntil;
  private long phaseTasks;
  private boolean cancelledAtDeadline;
  private TaskRegistry.@Nullable Counts atStart;
  private @Nullable ResourceCloser closer;
  private Result result = Result.CLEAN;

  ScopeShutdown(ScopeNode scope) {
    this.scope = scope;
  }

  /** Shuts a scope and all below it down, or joins in and tightens the deadline. */
  static ScopeShutdown request(ScopeNode top, long deadlineAt, @Nullable Duration asked) {
    ScopeShutdown shutdown = top.shutdownOrNew();
    shutdown.tighten(deadlineAt, asked);
    List<ScopeShutdown> all = new ArrayList<>();
    all.add(shutdown);
    for (int i = 0; i < all.size(); i++) { // a loop, because trees may be thousands of scopes deep
      for (ScopeNode below : all.get(i).scopesInside()) {
        ScopeShutdown next = below.shutdownOrNew();
        next.tighten(deadlineAt, asked);
        all.add(next);
      }
    }
    all.reversed().forEach(ScopeShutdown::wake);
    return shutdown;
  }

  private synchronized void tighten(long newDeadlineAt, @Nullable Duration newAsked) {
    if (newDeadlineAt - deadlineAt < 0) {
      deadlineAt = newDeadlineAt;
      asked = newAsked;
    }
  }

  /** Cancels now instead of waiting for tasks to end by themselves. */
  void hurry() {
    hurried = true;
    wake();
  }

  /** Waits for the end, without being kept from it by an interrupt, which it passes on. */
  ShutdownReport await() {
    List<TaskRun<?>> callers = exemptCallers();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          closed.await();
          return scope.report().orElseThrow();
        } catch (InterruptedException e) {
          interrupted = true;
          if (scope.isBlock()) {
            hurry(); // the owner of the block is cancelled itself
          }
        }
      }
    } finally {
      callers.forEach(task -> task.scope().registry().unexempt(task));
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The tasks on whose thread this is: waiting for them would be waiting for ourselves. */
  private List<TaskRun<?>> exemptCallers() {
    List<TaskRun<?>> callers = new ArrayList<>();
    for (TaskRun<?> at = Context.ownTask(); at != null; at = at.callerOnThisThread()) {
      callers.add(at);
      at.scope().registry().exempt(at);
      at.scope().quiet.maybeReached();
    }
    return callers;
  }

  Optional<Instant> deadlineInstant() {
    long left = deadlineAt - System.nanoTime();
    return left > NO_DEADLINE ? Optional.empty() : Optional.of(Instant.now().plusNanos(left));
  }

  /** Something has happened: look again. From any thread. */
  void wake() {
    if (queued.compareAndSet(false, true)) {
      ShutdownEngine.enqueue(this);
    }
  }

  // ---- on the engine's thread

  @Override
  public void run() {
    queued.set(false); // before looking: what happens from here on is looked at once more
    long now = System.nanoTime();
    Step before;
    do {
      before = step;
      switch (step) {
        case WAITING -> whileWaiting(now);
        case DRAINING -> whileDraining(now);
        case CANCELLING -> whileCancelling(now);
        case RESOURCES -> whileClosingResources(now);
        case TELLING -> whileTelling(now);
        case CLOSED -> {}
      }
    } while (step != before);
  }

  private void whileWaiting(long now) {
    List<ScopeNode> inside = scopesInside();
    for (ScopeNode below : inside) { // those that came through a block after the request
      if (below.shutdownUnderWay() == null) {
        request(below, deadlineAt, asked);
      }
    }
    if (inside.isEmpty() && siblingsBeforeAreClosed()) {
      begin(now);
    } else if (now - deadlineAt >= 0) {
      cancelAtDeadline(); // all at once, not one level after the other
    } else {
      alarm.at(deadlineAt);
    }
  }

  private boolean siblingsBeforeAreClosed() {
    ScopeNode parent = scope.above();
    return parent == null
        || scope.options().closeAfter.isEmpty()
        || parent.childNodes().stream()
            .noneMatch(
                sibling ->
                    scope.options().closeAfter.contains(sibling.name())
                        && sibling.shutdownUnderWay() != null);
  }

  private void begin(long now) {
    startedAt = now;
    scope.advance(ScopeState.DRAINING);
    atStart = scope.registry().counts();
    tellScopeEnd(hooks -> hooks.scopeClosing(scope));
    if (isQuiet()) {
      seal(now);
    } else {
      beginPhase(ShutdownPhase.DRAIN, now, liveInGroup());
      phaseUntil = earlier(now + scope.options().drainNanos, deadlineAt);
      step = Step.DRAINING;
    }
  }

  private void whileDraining(long now) {
    if (isQuiet()) {
      endPhase(ShutdownPhase.DRAIN, Result.CLEAN, 0);
      seal(now);
    } else if (hurried || now - phaseUntil >= 0) {
      endPhase(ShutdownPhase.DRAIN, Result.CANCELLED, liveInGroup());
      beginCancelling(now);
    } else {
      phaseUntil = earlier(phaseUntil, deadlineAt); // it may have been tightened
      alarm.at(phaseUntil);
    }
  }

  /** Nothing is left: from here on nothing comes in either. */
  private void seal(long now) {
    sealGroup();
    if (isQuiet()) {
      beginResources(now);
    } else {
      beginCancelling(now); // started from outside of all tasks, just before the door was shut
    }
  }

  private void beginCancelling(long now) {
    sealGroup();
    result = result.worse(Result.CANCELLED);
    beginPhase(ShutdownPhase.CANCEL, now, liveInGroup());
    phaseUntil = earlier(now + scope.options().cancelNanos, deadlineAt + LAST_GRACE);
    cancelTasks("shutdown of " + scope.path());
    step = Step.CANCELLING;
  }

  private void whileCancelling(long now) {
    if (isQuiet()) {
      endPhase(ShutdownPhase.CANCEL, Result.CANCELLED, 0);
      beginResources(now);
    } else if (now - phaseUntil >= 0) {
      abandonTasks();
      endPhase(ShutdownPhase.CANCEL, result, abandoned.size());
      beginResources(now);
    } else {
      phaseUntil = earlier(phaseUntil, deadlineAt + LAST_GRACE);
      alarm.at(phaseUntil);
    }
  }

  private void cancelAtDeadline() {
    if (!cancelledAtDeadline) {
      cancelledAtDeadline = true;
      cancelTasks("deadline of the shutdown of " + scope.path());
    }
    if (System.nanoTime() - (deadlineAt + LAST_GRACE) < 0) {
      alarm.at(deadlineAt + LAST_GRACE);
    }
  }

  private void cancelTasks(String reason) {
    Outcome.Cancelled request = new Outcome.Cancelled(reason, "shutdown");
    List<TaskRun<?>> notBegun = new ArrayList<>();
    for (ScopeNode node : group()) {
      node.registry()
          .forEach(
              task -> {
                if (!task.exempt) {
                  task.cancelIfBegun(request);
                  if (!task.hasStarted()) {
                    notBegun.add(task); // their hooks are the application's: not on this thread
                  }
                }
              });
    }
    if (!notBegun.isEmpty()) {
      Background.callOut(() -> notBegun.forEach(task -> task.cancel(request)));
    }
  }

  private void abandonTasks() {
    long stacksUntil = earlier(System.nanoTime() + MAX_TELLING, deadlineAt + LAST_CALL);
    List<TaskRun<?>> given = new ArrayList<>();
    for (ScopeNode node : group().reversed()) {
      given.addAll(Abandonment.of(node, stacksUntil));
    }
    if (!given.isEmpty()) {
      result = Result.ABANDONED;
    }
    for (TaskRun<?> task : given) {
      abandoned.add(Abandonment.describe(task));
      if (task.scope().hooks().followsAbandonment()) {
        telling.tell(task::tellAbandoned);
      }
    }
  }

  private void beginResources(long now) {
    List<Resources.Owned> toClose = new ArrayList<>();
    group().reversed().forEach(node -> toClose.addAll(node.resources.seal()));
    if (toClose.isEmpty()) {
      beginTelling(now);
      return;
    }
    beginPhase(ShutdownPhase.RESOURCES, now, toClose.size());
    long budget = scope.options().drainNanos + scope.options().cancelNanos;
    long unused = startedAt + budget - now;
    phaseUntil =
        earlier(
            now + Math.max(unused, Math.max(MIN_RESOURCES, scope.options().cancelNanos)),
            deadlineAt + LAST_CALL);
    closer = new ResourceCloser(toClose, this::wake);
    closer.start();
    step = Step.RESOURCES;
  }

  private void whileClosingResources(long now) {
    ResourceCloser closing = closer;
    if (closing == null || closing.isDone()) {
      endResources(now, closing);
    } else if (now - (deadlineAt + LAST_CALL) >= 0) {
      closing.giveUpAll();
      endResources(now, closing);
    } else if (now - phaseUntil >= 0) {
      closing.giveUpCurrent();
      phaseUntil = earlier(now + MIN_RESOURCES, deadlineAt + LAST_CALL);
      alarm.at(phaseUntil);
      wake();
    } else {
      phaseUntil = earlier(phaseUntil, deadlineAt + LAST_CALL);
      alarm.at(phaseUntil);
    }
  }

  private void endResources(long now, @Nullable ResourceCloser closing) {
    List<ShutdownReport.Resource> closedOnes = closing == null ? List.of() : closing.results();
    long stuck = closedOnes.stream().filter(ShutdownReport.Resource::timedOut).count();
    boolean failed = closedOnes.stream().anyMatch(resource -> resource.error() != null);
    Result how = stuck > 0 ? Result.ABANDONED : failed ? Result.CANCELLED : Result.CLEAN;
    endPhase(ShutdownPhase.RESOURCES, how, stuck);
    result = result.worse(how);
    beginTelling(now);
  }

  private void beginTelling(long now) {
    phaseUntil = earlier(now + MAX_TELLING, deadlineAt + LAST_CALL);
    List<ScopeNode> blocks = group();
    for (ScopeNode node : blocks.subList(1, blocks.size()).reversed()) {
      closeBlock(node);
    }
    scope.closed(report(now));
    reportFailureOf(scope);
    tellScopeEnd(hooks -> hooks.scopeClosed(scope));
    step = Step.TELLING;
  }

  /** A block whose owner was given up, or has left it to another thread. */
  private void closeBlock(ScopeNode node) {
    if (!node.closed(null)) {
      return;
    }
    closedBlocks.add(node);
    reportFailureOf(node);
    if (node.hooks().followsScopeEnd()) {
      HookSet hooks = node.hooks();
      telling.tell(
          () -> {
            hooks.scopeClosing(node);
            hooks.scopeClosed(node);
          });
    }
  }

  private void reportFailureOf(ScopeNode node) {
    if (node.failure.any()) {
      telling.tell(node.failure::reportIfUnseen); // handlers are the application's
    }
  }

  private void whileTelling(long now) {
    if (!telling.isIdle() && now - phaseUntil < 0) {
      phaseUntil = earlier(phaseUntil, deadlineAt + LAST_CALL);
      alarm.at(phaseUntil);
      return;
    }
    step = Step.CLOSED;
    alarm.stop();
    closedBlocks.forEach(ScopeNode::leaveTree);
    scope.leaveTree();
    ScopeNode parent = scope.above();
    while (parent != null) { // the scope around it, past the blocks that go with that one
      ScopeShutdown outer = parent.shutdownUnderWay();
      if (outer != null) {
        scope.report().ifPresent(outer.inner::add);
        outer.wake();
        break;
      }
      parent = parent.isBlock() ? parent.above() : null;
    }
    if (scope.above() != null) {
      wakeSiblingsThatWait(scope.above());
    }
    closed.countDown();
  }

  private void wakeSiblingsThatWait(ScopeNode parent) {
    for (ScopeNode sibling : parent.childNodes()) {
      ScopeShutdown other = sibling.shutdownUnderWay();
      if (other != null && sibling.options().closeAfter.contains(scope.name())) {
        other.wake();
      }
    }
  }

  private ShutdownReport report(long now) {
    TaskRegistry.Counts counts = scope.registry().counts();
    OutcomeCounts before = atStart == null ? OutcomeCounts.NONE : atStart.finished();
    Result worst = result;
    for (ShutdownReport below : inner) {
      worst = worst.worse(below.result());
    }
    return new ShutdownReport(
        scope.id(),
        scope.path(),
        worst,
        Duration.ofNanos(now - (inner.isEmpty() ? startedAt : requestedAt)),
        Optional.ofNullable(asked),
        phases,
        atStart == null ? 0 : atStart.live(),
        counts.finished().minus(before),
        counts.finished(),
        closer == null ? List.of() : closer.results(),
        abandoned,
        inner);
  }

  // ---- what belongs to this shutdown

  /** The scope and the blocks in it, each before those inside it. */
  private List<ScopeNode> group() {
    List<ScopeNode> nodes = new ArrayList<>();
    nodes.add(scope);
    for (int i = 0; i < nodes.size(); i++) {
      for (ScopeNode child : nodes.get(i).childNodes()) {
        if (child.isBlock() && child.shutdownUnderWay() == null) {
          nodes.add(child);
        }
      }
    }
    return nodes;
  }

  /** The scopes that have to be closed before this one begins. */
  private List<ScopeNode> scopesInside() {
    List<ScopeNode> found = new ArrayList<>();
    Deque<ScopeNode> todo = new ArrayDeque<>(scope.childNodes());
    while (!todo.isEmpty()) {
      ScopeNode next = todo.pop();
      if (!next.isBlock() || next.shutdownUnderWay() != null) {
        found.add(next);
      } else {
        todo.addAll(next.childNodes());
      }
    }
    return found;
  }

  private boolean isQuiet() {
    return group().stream().allMatch(node -> node.registry().isQuiet());
  }

  private long liveInGroup() {
    return group().stream().mapToLong(node -> node.registry().counts().waitedFor()).sum();
  }

  private void sealGroup() {
    scope.advance(ScopeState.CANCELLING);
    for (ScopeNode node : group()) { // from the outside in: a sealed block takes no further block
      node.advance(ScopeState.CANCELLING);
    }
  }

  // ---- phases and who is told of them

  private void beginPhase(ShutdownPhase phase, long now, long tasks) {
    phaseAt = now;
    phaseTasks = tasks;
    tellScopeEnd(hooks -> hooks.phaseStarted(scope, phase));
  }

  private void endPhase(ShutdownPhase phase, Result how, long left) {
    Duration took = Duration.ofNanos(System.nanoTime() - phaseAt);
    ShutdownReport.Phase ended = new ShutdownReport.Phase(phase, took, how, phaseTasks, left);
    phases.add(ended);
    tellScopeEnd(hooks -> hooks.phaseEnded(scope, ended));
  }

  private void tellScopeEnd(java.util.function.Consumer<HookSet> call) {
    HookSet hooks = scope.hooks();
    if (hooks.followsScopeEnd()) {
      telling.tell(() -> call.accept(hooks));
    }
  }

  private static long earlier(long a, long b) {
    return a - b <= 0 ? a : b;
  }
}
