// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.ref.WeakReference;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Something that was given to a pool, as the body of a task. The pool runs it, not we; it is held
 * weakly, so that a task whose pool has thrown its work away is found out.
 */
final class PooledBody {
  private final Class<?> bodyClass;
  private final WeakReference<Object> work;

  PooledBody(Class<?> bodyClass, Object work) {
    this.bodyClass = bodyClass;
    this.work = new WeakReference<>(work);
  }

  Class<?> bodyClass() {
    return bodyClass;
  }

  /** Whether whoever gave it to the pool can ask for the error. */
  boolean hasReceiver() {
    return work.get() instanceof Future<?>;
  }

  /** What it ended with, as far as it tells; a plain body has just thrown what it threw. */
  @Nullable Throwable error() {
    return work.get() instanceof Future<?> future && future.state() == Future.State.FAILED
        ? future.exceptionNow()
        : null;
  }

  boolean wasCancelled() {
    return work.get() instanceof Future<?> future && future.state() == Future.State.CANCELLED;
  }
}
