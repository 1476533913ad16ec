// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.atomic.AtomicBoolean;

/** Leaving a block: back to the scope around it, and nothing is left behind. */
final class BlockExit {
  private final ScopeNode block;
  private final Context.Block opened;
  private final AtomicBoolean left = new AtomicBoolean();

  BlockExit(ScopeNode block, Context.Block opened) {
    this.block = block;
    this.opened = opened;
  }

  void leave() {
    if (left.compareAndSet(false, true) && Context.current() == opened) {
      Context.restore(opened.outer());
    }
    if (block.closeIfEmpty() || block.state() == ScopeState.CLOSED) {
      return;
    }
    ScopeShutdown shutdown =
        ScopeShutdown.request(block, System.nanoTime() + Checks.FOREVER, null);
    if (block.isLeftInAHurry()) {
      shutdown.hurry();
    }
    shutdown.await();
  }
}
