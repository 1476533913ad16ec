// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What all stress tests use. */
final class Stress {
  /** Lives as long as the JVM; every test makes its scopes in it. */
  static final TaskScope ROOT = TaskScope.root("stress");

  private static final long PATIENCE = 20;

  private Stress() {}

  static TaskScope scope() {
    return ROOT.child("s", o -> o.drainTimeout(Duration.ofSeconds(PATIENCE)).history(0));
  }

  /** Waits for a task, however it ends. */
  static void awaitEnd(Task<?> task) {
    try {
      task.get(PATIENCE, TimeUnit.SECONDS);
    } catch (ExecutionException | CancellationException ended) {
      // it has
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(task + " does not end", e);
    }
  }

  /**
   * 1 if no task is live and what has started has finished, and that is as many as said; else 0.
   */
  static int addsUp(TaskScope scope, long started) {
    TaskRegistry.Counts counts = ((ScopeNode) scope).registry().counts();
    return counts.live() == 0 && counts.started() == started && counts.finished().total() == started
        ? 1
        : 0;
  }

  /** Blocks whatever interrupts come. */
  static void awaitStubbornly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // stubborn
      }
    }
  }
}
