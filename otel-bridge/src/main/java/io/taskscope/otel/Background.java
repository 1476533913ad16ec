// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of the bridge, for all bridges of the JVM: a daemon that inherits nothing, started
 * when first needed and gone after some idle seconds.
 */
final class Background {
  private static final long IDLE_SECONDS = 5;
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private Background() {}

  private static ScheduledThreadPoolExecutor timer() {
    ThreadFactory threads =
        Thread.ofPlatform()
            .daemon()
            .inheritInheritableThreadLocals(false)
            .name("taskscope-otel")
            .factory();
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  static ScheduledFuture<?> after(long nanos, Runnable action) {
    return TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  static ScheduledFuture<?> every(long nanos, Runnable action) {
    return TIMER.scheduleWithFixedDelay(action, nanos, nanos, TimeUnit.NANOSECONDS);
  }
}
