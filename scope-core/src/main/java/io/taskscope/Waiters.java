// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Who waits for one task. Made when the first comes; most tasks never have one. */
final class Waiters extends CountDownLatch {
  private final AtomicInteger waiting = new AtomicInteger();
  private final Queue<Consumer<TaskRun<?>>> listeners = new ConcurrentLinkedQueue<>();

  Waiters() {
    super(1);
  }

  /** From now on a failure of the task is the business of someone who waits. */
  void enter() {
    waiting.incrementAndGet();
  }

  /**
   * Waits no longer.
   *
   * @return whether the task has left meanwhile and its failure was left to those who waited: then
   *     the caller must take it
   */
  boolean exit() {
    return waiting.getAndDecrement() < 0;
  }

  boolean anyone() {
    return waiting.get() > 0;
  }

  /**
   * The task has left: a failure is from now on the business of all who wait.
   *
   * @return whether there is someone
   */
  boolean settle() {
    return waiting.getAndAdd(Integer.MIN_VALUE) > 0;
  }

  void add(Consumer<TaskRun<?>> listener) {
    listeners.add(listener);
  }

  /**
   * The task has left. May be called again for listeners that came too late; each hears it once.
   */
  void left(TaskRun<?> task) {
    countDown();
    for (Consumer<TaskRun<?>> next = listeners.poll(); next != null; next = listeners.poll()) {
      next.accept(task);
    }
  }
}
