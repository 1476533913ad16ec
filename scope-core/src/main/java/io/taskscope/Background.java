// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The few threads of Taskscope itself. Daemon platform threads, because tasks that never yield can
 * keep every virtual thread from running just when a deadline has to be kept; started when first
 * needed and gone after some idle seconds. They inherit nothing from the thread that happened to
 * start them.
 */
final class Background {
  private static final long IDLE_SECONDS = 5;

  /** Runs what is short, neither blocks nor calls the application. */
  static final ScheduledThreadPoolExecutor TIMER = timer();

  /**
   * How many threads tell hooks of shutdowns. Enough that a few hooks which block hold nobody up,
   * and few enough that a hook which blocks for each of very many scopes does no harm.
   */
  private static final int MAX_TELLERS = 32;

  private static final ThreadPoolExecutor CALLBACKS = callbacks();
  private static final ThreadPoolExecutor TELLERS = pool(MAX_TELLERS, "taskscope-teller-");

  /**
   * How many threads interrupt tasks. One is enough as long as no interrupt blocks; many that do
   * keep later tasks from being interrupted, but no shutdown from keeping its time.
   */
  private static final int MAX_INTERRUPTERS = 16;

  private static final ThreadPoolExecutor INTERRUPTERS =
      pool(MAX_INTERRUPTERS, "taskscope-interrupter-");

  private Background() {}

  static ThreadFactory factory(String name) {
    return Thread.ofPlatform()
        .daemon()
        .inheritInheritableThreadLocals(false)
        .name(name, 1)
        .factory();
  }

  /**
   * Whether it is one of these, or one of the other parts of Taskscope, which name theirs alike.
   */
  static boolean isOurs(Thread thread) {
    return thread.isDaemon() && thread.getName().startsWith("taskscope-");
  }

  /** Whether it is something that we run in the background. */
  static boolean isOurs(Class<?> bodyClass) {
    return bodyClass.getModule() == Background.class.getModule()
        && bodyClass.getClassLoader() == Background.class.getClassLoader()
        && (bodyClass.getPackageName().equals("io.taskscope")
            || bodyClass.getPackageName().equals("io.taskscope.internal"));
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, factory("taskscope-timer-"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  private static ThreadPoolExecutor callbacks() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE, // one per scope that is closing something right now
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        factory("taskscope-callback-"),
        new ThreadPoolExecutor.AbortPolicy());
  }

  /**
   * Runs the hooks of a shutdown, which may wait for other hooks that block. At most one action per
   * scope that is being closed waits here.
   */
  static void tell(Runnable action) {
    TELLERS.execute(action);
  }

  /**
   * Runs something of the application's: a hook, a resource. It may block, and must not matter to
   * us.
   */
  static void callOut(Runnable action) {
    CALLBACKS.execute(action);
  }

  /** Interrupts tasks, which may call the application. */
  static void interrupt(Interrupts tasks) {
    INTERRUPTERS.execute(tasks);
  }

  /** One thread that does things in the order in which they come. */
  static ExecutorService single(String name) {
    return pool(1, name);
  }

  private static ThreadPoolExecutor pool(int threads, String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            factory(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
