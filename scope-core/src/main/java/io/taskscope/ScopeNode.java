// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.internal.HookSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A scope from its making to its end. What it is and does in between is in the classes it extends.
 */
final class ScopeNode extends ScopeWork {
  final Context.ScopeRef ref;
  final Resources resources = new Resources(this);
  private volatile @Nullable ScopeShutdown shutdown; // guarded for writing by children
  private volatile @Nullable ShutdownReport report;
  private @Nullable BlockExit exit;

  /** Open once hooks have been told that the scope is; null if none wants to know. */
  private final @Nullable CountDownLatch announced;

  private ScopeNode(@Nullable ScopeNode parent, String name, boolean block, ScopeOptions options) {
    super(parent, name, block, options);
    this.ref = new Context.ScopeRef(this, parent == null ? null : parent.ref);
    this.announced = hooks().followsOpening() ? new CountDownLatch(1) : null;
  }

  @Override
  ScopeNode self() {
    return this;
  }

  // ---- making scopes

  static ScopeNode longLived(
      @Nullable ScopeNode parent, String name, UnaryOperator<ScopeOptions> change) {
    Checks.scopeName(name);
    ScopeOptions options = ScopeOptions.from(ScopeOptions.LONG_LIVED, change);
    refuseOtherClock(parent, name, options);
    ScopeNode scope = new ScopeNode(parent, name, false, options);
    scope.enter();
    return scope;
  }

  static ScopeNode block(String name, UnaryOperator<ScopeOptions> change) {
    Checks.scopeName(name);
    ScopeOptions options = ScopeOptions.from(ScopeOptions.BLOCK, change);
    if (!options.closeAfter.isEmpty()) {
      throw new IllegalArgumentException(
          "closeAfter of block \"%s\": a block ends where its code does; only a scope made by child() waits for siblings"
              .formatted(name));
    }
    Context before = Context.withoutLeftBlocks(Context.current());
    ScopeNode parent = before == null ? null : before.nearestScope();
    refuseOtherClock(parent, name, options);
    ScopeNode scope = new ScopeNode(parent, name, true, options);
    scope.enter();
    Context.Block opened = new Context.Block(scope, before);
    scope.exit = new BlockExit(scope, opened);
    Context.CARRIER.set(opened);
    return scope;
  }

  private static void refuseOtherClock(
      @Nullable ScopeNode parent, String name, ScopeOptions options) {
    if (parent != null && options.clock != null && options.clock != parent.clock()) {
      throw new IllegalArgumentException(
          "clock of scope \"%s\": only a root has one of its own, but %s is its parent"
              .formatted(name, parent.path()));
    }
  }

  private void enter() {
    ScopeNode parent = above();
    MemberList<ScopeNode> siblings = siblings();
    synchronized (siblings) {
      try {
        if (parent != null && !parent.admitsScope(isBlock())) {
          throw new ScopeClosedException(
              "scope %s is %s: it takes no new scope \"%s\""
                  .formatted(parent.path(), parent.standing(), name()));
        }
        CloseOrder.check(this);
      } catch (RuntimeException refused) {
        stats().closed();
        dropHooksAndHistory();
        throw refused;
      }
      siblings.link(this);
    }
    Duration deadline = options().deadline;
    if (deadline != null) {
      quiet.startDeadline(deadline);
    }
    if (announced != null) {
      hooks().scopeOpened(this);
      announced.countDown();
    }
  }

  /** Waits until the hooks have been told that it is open; called before they hear of the end. */
  void awaitAnnouncement() {
    if (announced != null) {
      try {
        announced.await();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts the threads that call hooks", e);
      }
    }
  }

  /** Called with the lock of the children held. */
  private boolean admitsScope(boolean asBlock) {
    // Blocks belong to a task that is inside and may need them to come to its end.
    return asBlock
        ? state.compareTo(ScopeState.DRAINING) <= 0
        : state == ScopeState.OPEN && shutdown == null;
  }

  /** Its state, in words for a refusal. */
  String standing() {
    return state == ScopeState.OPEN ? "about to shut down" : state.toString();
  }

  /** Whether it is a block that was closed, by whatever thread. */
  boolean isLeft() {
    BlockExit how = exit;
    return how != null && how.isLeft();
  }

  /** The thread that opened this block, if it has ended without closing it. */
  @Nullable Thread deadOpener() {
    BlockExit how = exit;
    return how == null ? null : how.deadOpener();
  }

  // ---- the end

  @Override
  public ShutdownReport shutdown(Duration deadline) {
    return ShutdownCall.runAndWait(this, Objects.requireNonNull(deadline, "deadline"), false);
  }

  /** Starts a shutdown bounded by the scopes' own limits, and does not wait for it. */
  void requestShutdown() {
    ScopeShutdown.request(this, null);
  }

  @Override
  public void close() {
    if (exit != null) {
      exit.leave();
    } else {
      ShutdownCall.runAndWait(this, null, false);
    }
  }

  /**
   * Moves forward to a state; when this returns, nothing that it forbids is under way.
   *
   * @return false if the scope was there already, or further
   */
  boolean advance(ScopeState next) {
    synchronized (children) {
      if (next.compareTo(state) <= 0) {
        return false;
      }
      state = next;
    }
    registry().barrier();
    return true;
  }

  /** Closes a block at once if there is nothing in it; this is what nearly all of them come to. */
  boolean closeIfEmpty() {
    synchronized (children) {
      if (shutdown != null
          || children.size() > 0
          || !resources.isEmpty()
          || !registry().isEmpty()) {
        return false;
      }
    }
    if (!advance(ScopeState.CANCELLING)) {
      return false;
    }
    synchronized (children) { // what came in before the door was shut makes it a real shutdown
      if (shutdown != null || children.size() > 0 || !registry().isEmpty()) {
        return false;
      }
    }
    if (!resources.sealIfEmpty()) {
      return false;
    }
    if (!closedWithoutShutdown()) {
      return false; // a shutdown, of it or of the scope around it, was faster
    }
    HookSet told = hooks();
    told.scopeClosing(this);
    told.scopeClosed(this);
    leaveTree();
    failure.reportIfUnseen();
    return true;
  }

  /**
   * Makes it final: the report, the state, and that nobody inherits this scope any more.
   *
   * @return false if it was closed already
   */
  boolean closed(@Nullable ShutdownReport how) {
    synchronized (children) {
      if (state == ScopeState.CLOSED) {
        return false;
      }
      report = how;
      state = ScopeState.CLOSED;
    }
    return nowClosed();
  }

  /** The same for a block, unless it has a shutdown of its own, which will do it. */
  boolean closedWithoutShutdown() {
    synchronized (children) {
      if (state == ScopeState.CLOSED || shutdown != null) {
        return false;
      }
      state = ScopeState.CLOSED;
    }
    return nowClosed();
  }

  private boolean nowClosed() {
    ref.scope = null;
    stats().closed();
    workIsOver();
    return true;
  }

  /** The very last step, when its hooks know: the scope around it need not wait for it any more. */
  void leaveTree() {
    MemberList<ScopeNode> siblings = siblings();
    synchronized (siblings) {
      siblings.unlink(this);
    }
    dropHooksAndHistory();
  }

  /**
   * The shutdown of this scope: the one under way, or a new one that admits no more child scopes.
   */
  ScopeShutdown shutdownOrNew() {
    synchronized (children) {
      ScopeShutdown current = shutdown;
      if (current == null) {
        current = new ScopeShutdown(this);
        if (state == ScopeState.CLOSED) {
          current.isOver(); // a block that was left; nothing is to be done once more
        } else {
          shutdown = current;
        }
      }
      return current;
    }
  }

  @Nullable ScopeShutdown shutdownUnderWay() {
    return shutdown;
  }

  @Override
  public ScopeNode child(String name, UnaryOperator<ScopeOptions> change) {
    return longLived(this, name, change);
  }

  @Override
  public Optional<ShutdownReport> report() {
    return Optional.ofNullable(report);
  }

  @Override
  public boolean isShuttingDown() {
    return shutdown != null;
  }

  @Override
  public Optional<Instant> shutdownDeadline() {
    ScopeShutdown current = shutdown;
    return current == null || state == ScopeState.CLOSED
        ? Optional.empty()
        : current.deadlineInstant();
  }

  @Override
  public <R extends AutoCloseable> R own(String name, R resource) {
    resources.add(Checks.resourceName(name), Objects.requireNonNull(resource, "resource"));
    return resource;
  }
}
