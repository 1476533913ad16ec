// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.internal.HookSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Leaving a block: back to the scope around it, and nothing is left behind. */
final class BlockExit {
  private static final System.Logger LOG = System.getLogger("io.taskscope");

  /**
   * Whether misuse of blocks is reported with the stacks of both sides; costs a stack per block.
   */
  static volatile boolean strict = Boolean.getBoolean("taskscope.strict");

  private final ScopeNode block;
  private final Context.Block opened;

  /** Those that were told of the opening: the block may have lost its hooks when it is left. */
  private final HookSet hooks;

  private final @Nullable Throwable openedAt;
  private final AtomicBoolean closedBefore = new AtomicBoolean();
  private @Nullable Thread opener = Thread.currentThread(); // until it is left

  BlockExit(ScopeNode block, Context.Block opened) {
    this.block = block;
    this.opened = opened;
    this.hooks = block.hooks();
    this.openedAt = strict ? new Throwable("opened on " + Thread.currentThread()) : null;
  }

  /** The thread that opened it, if that has ended without closing it. */
  @Nullable Thread deadOpener() {
    Thread thread = opener;
    return thread == null || thread.isAlive() || isLeft() ? null : thread;
  }

  void leave() {
    opener = null; // whoever keeps the block keeps no thread in memory
    if (Context.current() == opened) {
      hooks.blockLeft(block);
      Context.restore(Context.withoutLeftBlocks(opened.outer()));
      closedBefore.set(true);
    } else if (closedBefore.compareAndSet(false, true) && openedAt != null) {
      Throwable closedAt = new Throwable("closed on " + Thread.currentThread(), openedAt);
      LOG.log(
          System.Logger.Level.WARNING,
          block + " is not closed by the thread that opened it, or not before the block around it",
          closedAt);
    }
    if (block.closeIfEmpty() || block.state() == ScopeState.CLOSED) {
      return;
    }
    ShutdownCall.runAndWait(block, null, block.isLeftInAHurry());
  }

  /** Whether it was closed, by whatever thread. */
  boolean isLeft() {
    return closedBefore.get();
  }
}
