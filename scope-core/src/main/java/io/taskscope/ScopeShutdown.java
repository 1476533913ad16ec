// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.ShutdownReport.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The shutdown of one scope, as a state machine that the {@link ShutdownEngine} moves on whenever
 * something has happened: a task left, a scope inside closed, a time limit passed.
 *
 * <p>Blocks inside the scope, which belong to tasks inside it, go with it; scopes made by {@code
 * child} have a shutdown of their own, and this one waits until they are closed.
 *
 * <p>All fields without a word on it are used by the engine's thread only.
 */
final class ScopeShutdown implements Runnable {
  /** When, after the deadline, nothing is waited for any more: neither resources nor hooks. */
  private static final long LAST_CALL = TimeUnit.MILLISECONDS.toNanos(32);

  /** How long resources have at least, if the deadline allows it, and hooks at most. */
  private static final long MIN_RESOURCES = TimeUnit.MILLISECONDS.toNanos(100);

  /** How often it is looked whether something that is due to end has ended. */
  private static final long A_MOMENT = TimeUnit.MILLISECONDS.toNanos(2);

  /** How long to wait after an error of our own, such as too little memory, before going on. */
  private static final long AFTER_AN_ERROR = TimeUnit.MILLISECONDS.toNanos(50);

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
  private final Telling telling = new Telling(this::wake);
  private final TaskClock clock;
  private final ShutdownLimit limit;
  private volatile boolean hurried;

  private final ShutdownGroup group;
  private final ShutdownRecord record;
  private final List<ScopeNode> closedBlocks = new ArrayList<>();
  private final LookThrough lookThrough = new LookThrough();
  private final Alarm alarm;
  private Step step = Step.WAITING;
  private long phaseUntil;
  private boolean cancelledAtDeadline;
  private boolean errorSeen;
  private @Nullable CancelPhase cancelling;
  private @Nullable ResourceCloser closer;

  ScopeShutdown(ScopeNode scope) {
    this.scope = scope;
    this.clock = scope.clock();
    this.alarm = new Alarm(clock, this::wake);
    long now = clock.nanoTime();
    this.limit = new ShutdownLimit(scope, now);
    this.group = new ShutdownGroup(scope);
    this.record = new ShutdownRecord(scope, telling, now);
  }

  /** Shuts a scope and all below it down, or joins in and tightens the deadline. */
  static ScopeShutdown request(ScopeNode top, @Nullable Duration deadline) {
    long nanos = deadline == null ? Checks.FOREVER : Checks.timeout("deadline", deadline);
    return request(top, top.clock().nanoTime() + nanos, deadline);
  }

  private static ScopeShutdown request(ScopeNode top, long deadlineAt, @Nullable Duration asked) {
    ScopeShutdown shutdown = top.shutdownOrNew();
    shutdown.limit.tighten(deadlineAt, asked);
    if (top.children.isEmpty()) {
      shutdown.wake();
    } else { // on the engine, because in a large tree this takes longer than there may be time
      ShutdownEngine.enqueue(() -> shutdown.spread(deadlineAt, asked));
    }
    return shutdown;
  }

  /** On the engine's thread: the same for all scopes inside, and off they go, innermost first. */
  private void spread(long deadlineAt, @Nullable Duration asked) {
    List<ScopeShutdown> all = new ArrayList<>();
    all.add(this);
    for (int i = 0; i < all.size(); i++) { // a loop, because trees may be thousands of scopes deep
      ScopeShutdown around = all.get(i);
      for (ScopeNode below : around.group.scopesInside()) {
        ScopeShutdown next = below.shutdownOrNew();
        next.limit.tighten(deadlineAt, asked);
        if (around.hurried) {
          next.hurried = true;
        }
        all.add(next);
      }
    }
    all.reversed().forEach(ScopeShutdown::wake);
  }

  /** The scope was closed before: there is nothing to do and nothing to wait for. */
  void isOver() {
    step = Step.CLOSED;
    limit.over();
  }

  /** Cancels now, here and inside, instead of waiting for tasks to end by themselves. */
  void hurry() {
    hurried = true;
    wake();
    for (ScopeNode below : group.scopesInside()) {
      ScopeShutdown inside = below.shutdownUnderWay();
      if (inside != null && !inside.hurried) {
        inside.hurry();
      }
    }
  }

  /** Waits until it is over, or its deadline has passed. */
  ShutdownReport awaitReport() throws InterruptedException {
    return limit.awaitOver()
        ? scope.report().orElseGet(() -> record.report(clock.nanoTime(), limit.asked(), List.of()))
        : limit.cutOff();
  }

  /** The report for those who cannot wait. */
  ShutdownReport reportSoFar() {
    return scope.report().orElseGet(limit::cutOff);
  }

  Optional<Instant> deadlineInstant() {
    long left = limit.at() - clock.nanoTime();
    return left > NO_DEADLINE ? Optional.empty() : Optional.of(Instant.now().plusNanos(left));
  }

  /** Something has happened: look again. From any thread. */
  void wake() {
    if (queued.compareAndSet(false, true)) {
      try {
        ShutdownEngine.enqueue(this);
      } catch (Throwable noMemory) { // whoever calls can do nothing about it, and the alarm will
        queued.set(false);
      }
    }
  }

  private void wakeIn(long nanos) {
    Background.TIMER.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
  }

  // ---- on the engine's thread

  @Override
  public void run() {
    queued.set(false); // before looking: what happens from here on is looked at once more
    try {
      moveOn();
    } catch (Throwable error) { // there is no memory, say: later there may be some
      if (!errorSeen) {
        errorSeen = true;
        String what = "the shutdown of " + scope.path() + " is held up by an error";
        Background.callOut(() -> FailureLog.write(what, error)); // a logger may block
      }
      wakeIn(AFTER_AN_ERROR);
    }
  }

  private void moveOn() {
    if (scope.state() == ScopeState.CLOSED && step.compareTo(Step.TELLING) < 0) {
      isOver(); // a block that was closed together with the scope around it, at the same moment
    }
    long now = clock.nanoTime();
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
    if (scopesInsideAreClosed() && CloseOrder.siblingsBeforeAreClosed(scope)) {
      begin(now);
    } else if (now - limit.at() >= 0) {
      cancelAtDeadline(); // all at once, not one level after the other
    } else {
      alarm.at(limit.at());
    }
  }

  private boolean scopesInsideAreClosed() {
    if (!lookThrough.isDue()) {
      return false;
    }
    List<ScopeNode> inside = group.scopesInside();
    for (ScopeNode below : inside) { // those that came through a block after the request
      if (below.shutdownUnderWay() == null) {
        ScopeShutdown late = below.shutdownOrNew();
        late.limit.tighten(limit.at(), limit.asked());
        late.hurried |= hurried;
        late.spread(limit.at(), limit.asked());
      }
    }
    if (lookThrough.found(inside.size())) {
      wakeIn(LookThrough.AT_LEAST);
    }
    return inside.isEmpty();
  }

  private void begin(long now) {
    scope.advance(ScopeState.DRAINING);
    scope.timers.stop();
    record.begin(now);
    if (group.isQuiet()) {
      seal(now);
    } else {
      record.beginPhase(ShutdownPhase.DRAIN, now, group.live());
      phaseUntil = earlier(now + scope.options().drainNanos, limit.at());
      step = Step.DRAINING;
    }
  }

  private void whileDraining(long now) {
    if (group.isQuiet()) {
      record.endPhase(ShutdownPhase.DRAIN, Result.CLEAN, now, 0);
      seal(now);
    } else if (hurried || now - phaseUntil >= 0) {
      record.endPhase(ShutdownPhase.DRAIN, Result.CANCELLED, now, group.live());
      beginCancelling(now);
    } else {
      phaseUntil = earlier(phaseUntil, limit.at()); // it may have been tightened
      alarm.at(phaseUntil);
    }
  }

  /** Nothing is left: from here on nothing comes in either. */
  private void seal(long now) {
    group.seal();
    if (group.isQuiet()) {
      beginResources(now);
    } else {
      beginCancelling(now); // started from outside of all tasks, just before the door was shut
    }
  }

  private void beginCancelling(long now) {
    group.seal();
    record.beginPhase(ShutdownPhase.CANCEL, now, group.live());
    cancelling = new CancelPhase(scope, group, limit, now);
    step = Step.CANCELLING;
  }

  private void whileCancelling(long now) {
    CancelPhase phase = Objects.requireNonNull(cancelling);
    long until = phase.until();
    if (phase.isOver()) {
      long after = clock.nanoTime(); // giving up many takes its time
      record.endPhase(ShutdownPhase.CANCEL, phase.result(), after, phase.gaveUpCount());
      beginResources(after);
    } else if (now - until < 0) {
      alarm.at(until);
    } else if (phase.isAboutToEnd(now)) {
      wakeIn(A_MOMENT);
    } else {
      long stacks = earlier(now + MAX_TELLING, limit.at() + LAST_CALL) - now;
      record.abandoned(phase.giveUp(System.nanoTime() + stacks));
      wake();
    }
  }

  private void cancelAtDeadline() {
    if (!cancelledAtDeadline) {
      cancelledAtDeadline = true;
      group.cancel("deadline of the shutdown of " + scope.path());
    }
    if (clock.nanoTime() - (limit.at() + CancelPhase.LAST_GRACE) < 0) {
      alarm.at(limit.at() + CancelPhase.LAST_GRACE);
    }
  }

  private void beginResources(long now) {
    List<Resources.Owned> toClose = group.sealResources();
    if (toClose.isEmpty()) {
      beginTelling(now);
      return;
    }
    record.beginPhase(ShutdownPhase.RESOURCES, now, toClose.size());
    long budget = scope.options().drainNanos + scope.options().cancelNanos;
    long unused = record.startedAt() + budget - now;
    phaseUntil =
        earlier(
            now + Math.max(unused, Math.max(MIN_RESOURCES, scope.options().cancelNanos)),
            limit.at() + LAST_CALL);
    closer = new ResourceCloser(scope, toClose, this::wake);
    closer.start();
    step = Step.RESOURCES;
  }

  private void whileClosingResources(long now) {
    ResourceCloser closing = closer;
    if (closing == null || closing.isDone()) {
      endResources(now, closing);
    } else if (now - (limit.at() + LAST_CALL) >= 0) {
      closing.giveUpAll();
      endResources(now, closing);
    } else if (now - phaseUntil >= 0) {
      closing.giveUpCurrent();
      phaseUntil = earlier(now + MIN_RESOURCES, limit.at() + LAST_CALL);
      alarm.at(phaseUntil);
      wake();
    } else {
      phaseUntil = earlier(phaseUntil, limit.at() + LAST_CALL);
      alarm.at(phaseUntil);
    }
  }

  private void endResources(long now, @Nullable ResourceCloser closing) {
    List<ShutdownReport.Resource> closedOnes = closing == null ? List.of() : closing.results();
    long stuck = closedOnes.stream().filter(ShutdownReport.Resource::timedOut).count();
    boolean failed = closedOnes.stream().anyMatch(resource -> resource.error() != null);
    Result how = stuck > 0 ? Result.ABANDONED : failed ? Result.CANCELLED : Result.CLEAN;
    record.endPhase(ShutdownPhase.RESOURCES, how, now, stuck);
    beginTelling(now);
  }

  private void beginTelling(long now) {
    phaseUntil = earlier(now + MAX_TELLING, limit.at() + LAST_CALL);
    record.background(group.leaveBackground());
    for (ScopeNode block : group.blocks()) {
      if (block.closedWithoutShutdown()) { // else its owner was faster
        closedBlocks.add(block);
        record.reportFailureOf(block);
        record.tellBlockClosed(block);
      }
    }
    scope.closed(record.report(now, limit.asked(), closer == null ? List.of() : closer.results()));
    record.reportFailureOf(scope);
    record.tellClosed();
    step = Step.TELLING;
  }

  private void whileTelling(long now) {
    if (!telling.isIdle() && now - phaseUntil < 0) {
      phaseUntil = earlier(phaseUntil, limit.at() + LAST_CALL);
      alarm.at(phaseUntil);
      return;
    }
    step = Step.CLOSED;
    alarm.stop();
    closedBlocks.forEach(ScopeNode::leaveTree);
    scope.leaveTree();
    ScopeShutdown outer = group.outer();
    if (outer != null) {
      outer.hasClosed(scope);
    }
    CloseOrder.wakeSiblingsAfter(scope);
    limit.over();
  }

  private void hasClosed(ScopeNode inside) {
    inside.report().ifPresent(record::add);
    lookThrough.hasClosed();
    wake();
  }

  /** The earlier of two times of one clock. */
  static long earlier(long a, long b) {
    return a - b <= 0 ? a : b;
  }
}
