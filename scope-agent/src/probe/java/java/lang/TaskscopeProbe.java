// SPDX-License-Identifier: Apache-2.0
package java.lang;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import jdk.internal.misc.CarrierThread;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.SharedThreadContainer;
import jdk.internal.vm.TaskscopeContainer;
import jdk.internal.vm.ThreadContainer;
import jdk.internal.vm.ThreadContainers;

/**
 * What the JDK's threads call, and where the library links in. The agent defines this class into
 * {@code java.lang}; it is compiled against the JDK and lives in no class path.
 *
 * <p>What is called in the middle of a thread switch ends at once for a thread without inheritable
 * thread-locals, and otherwise looks for the library's key without allocating, locking, loading a
 * class or touching the current thread. Nothing here throws.
 */
public final class TaskscopeProbe {
  private static final int PROTOCOL = 1;

  // Events, as the library knows them.
  private static final int MOUNTED = 0;
  private static final int RUNNABLE = 1;
  private static final int PARK_OVER = 2;
  private static final int SLEEP_BEGINS = 3;
  private static final int SLEEP_ENDS = 4;
  private static final int STAYED = 5;
  private static final int LEAVES = 16;
  private static final int STAYS = 32;
  private static final int POOL_ENTERS = 64;
  private static final int POOL_LEAVES = 65;
  private static final int POOL_DISCARDS = 66;

  // Ordinals of the library's ParkReason.
  private static final int PARK = 0;
  private static final int TIMED_PARK = 1;
  private static final int SLEEP = 2;
  private static final int MONITOR_ENTER = 3;
  private static final int OBJECT_WAIT = 4;
  private static final int YIELD = 5;
  private static final int PINNED = 6;

  // Questions, as the library knows them.
  private static final int THREAD_STARTS = 0;
  private static final int THREAD_BEGINS = 1;
  private static final int THREAD_FAILS = 2;
  private static final int THREAD_ENDS = 3;
  private static final int THREAD_NOT_STARTED = 4;
  private static final int CONTAINER_OF = 5;
  private static final int ALL_CONTAINERS = 6;
  private static final int POOL_SUBMIT = 7;
  private static final int POOL_SCHEDULE = 8;
  private static final int POOL_THREW = 9;

  private static final Unsafe U = Unsafe.getUnsafe();
  private static final long TABLE = U.objectFieldOffset(ThreadLocal.ThreadLocalMap.class, "table");
  private static final long HASH = U.objectFieldOffset(ThreadLocal.class, "threadLocalHashCode");

  // Set by the agent once it knows that all it takes is there.
  private static boolean steps;
  private static boolean platformWaits;
  private static boolean adoption;
  private static boolean dumps;
  private static boolean pools;
  private static volatile boolean submitted; // anything to a pool, ever, from inside a scope
  private static volatile boolean ready;
  private static long slowStepNanos;
  private static Supplier<List<String>> missing;

  private static volatile boolean exiting;
  private static Link[] links = {};

  private TaskscopeProbe() {}

  /** One copy of the library. */
  private static final class Link {
    final ThreadLocal<?> key;
    final int hash;
    final ObjIntConsumer<Object> events;
    final BiFunction<Integer, Object[], Object> questions;

    Link(
        ThreadLocal<?> key,
        ObjIntConsumer<Object> events,
        BiFunction<Integer, Object[], Object> questions) {
      this.key = key;
      this.hash = U.getInt(key, HASH);
      this.events = events;
      this.questions = questions;
    }
  }

  // ---- for the agent and the library

  /**
   * Called by the agent, when it knows what works here.
   *
   * @param what whether steps are measured, waits of platform threads as well, threads adopted, and
   *     scopes shown in dumps, and work given to pools adopted
   * @param lacks what does not work, for people
   */
  public static void ready(boolean[] what, long slowStep, Supplier<List<String>> lacks) {
    steps = what[0];
    platformWaits = what[1] && steps;
    adoption = what[2];
    dumps = what[3];
    pools = what[4];
    slowStepNanos = slowStep;
    missing = lacks;
    ready = true;
  }

  /**
   * Called by the library: from now on it is told.
   *
   * @param key under which a thread inherits the library's context
   * @return null when the two do not fit; else what is missing, whether steps are measured, what is
   *     a slow step, and how to make containers and start threads in them
   */
  public static synchronized Object link(
      int protocol,
      ThreadLocal<?> key,
      ObjIntConsumer<Object> events,
      BiFunction<Integer, Object[], Object> questions) {
    if (protocol != PROTOCOL || !ready) {
      return null;
    }
    Link[] more = Arrays.copyOf(links, links.length + 1);
    more[links.length] = new Link(key, events, questions);
    warmUp(more[links.length]);
    links = more;
    BiConsumer<Thread, Object> start =
        (thread, container) -> thread.start((ThreadContainer) container);
    Function<Object[], Object> create =
        about -> new TaskscopeContainer((String) about[0], supplier(about[1]), supplier(about[2]));
    return new Object[] {
      missing, steps, slowStepNanos, adoption ? new Object[] {create, start} : null
    };
  }

  @SuppressWarnings("unchecked") // part of the protocol
  private static <T> Supplier<T> supplier(Object of) {
    return (Supplier<T>) of;
  }

  /** All that runs in a switch has run before. */
  private static void warmUp(Link link) {
    find(Thread.currentThread(), link);
    link.events.accept(link, MOUNTED);
  }

  // ---- steps; from java.lang.VirtualThread, in the middle of a switch

  /** At the end of mount. */
  public static void mounted(Thread thread) {
    if (steps && thread.inheritableThreadLocals() != null) {
      tell(thread, MOUNTED);
    }
  }

  /** At the beginning of unmount, with the state that says why. */
  public static void unmounting(Thread thread, int state) {
    if (steps && thread.inheritableThreadLocals() != null) {
      int reason =
          switch (state) {
            case 3 -> PARK;
            case 6 -> TIMED_PARK;
            case 10 -> YIELD;
            case 12 -> MONITOR_ENTER;
            case 15, 17 -> OBJECT_WAIT;
            default -> -1; // it has come to its end
          };
      if (reason >= 0) {
        tell(thread, LEAVES + reason);
      }
    }
  }

  /** Before it is given to the scheduler; the methods that do so call each other. */
  public static void runnable(Thread thread) {
    if (steps && thread.inheritableThreadLocals() != null) {
      tell(thread, RUNNABLE);
    }
  }

  private static void tell(Thread thread, int event) {
    try {
      for (Link link : links) {
        Object context = find(thread, link);
        if (context != null) {
          link.events.accept(context, event);
        }
      }
    } catch (Throwable fault) {
      // Nothing may get out of here; the library counts its own faults.
    }
  }

  /** What a thread has under the key of a library; its own accessor would change the table. */
  private static Object find(Thread thread, Link link) {
    ThreadLocal.ThreadLocalMap map = thread.inheritableThreadLocals();
    if (map == null) {
      return null;
    }
    ThreadLocal.ThreadLocalMap.Entry[] table =
        (ThreadLocal.ThreadLocalMap.Entry[]) U.getReference(map, TABLE);
    int at = link.hash & (table.length - 1);
    ThreadLocal.ThreadLocalMap.Entry entry;
    while ((entry = table[at]) != null) {
      if (entry.refersTo(link.key)) {
        return entry.value;
      }
      at = at + 1 < table.length ? at + 1 : 0;
    }
    return null;
  }

  // ---- waits, on the thread that waits

  /** At the end of park and parkNanos of a virtual thread. */
  public static void parkOver(Thread thread) {
    if (steps && thread.inheritableThreadLocals() != null) {
      tell(thread, PARK_OVER);
    }
  }

  /** A sleep of a virtual thread parks, and would look like any other park. */
  public static void sleepBegins(Thread thread) {
    if (steps && thread.inheritableThreadLocals() != null) {
      tell(thread, SLEEP_BEGINS);
    }
  }

  /** It is over. */
  public static void sleepEnds(Thread thread) {
    if (steps && thread.inheritableThreadLocals() != null) {
      tell(thread, SLEEP_ENDS);
    }
  }

  /** A virtual thread is about to wait on its carrier. */
  public static void pinned(Thread thread) {
    if (steps && thread.inheritableThreadLocals() != null) {
      tell(thread, STAYS + PINNED);
    }
  }

  /** It has. */
  public static void unpinned(Thread thread) {
    if (steps && thread.inheritableThreadLocals() != null) {
      tell(thread, STAYED);
    }
  }

  /** A platform thread is about to park without a limit. */
  public static void parking() {
    here(STAYS + PARK);
  }

  /** A platform thread is about to park with a limit. */
  public static void parkingTimed() {
    here(STAYS + TIMED_PARK);
  }

  /** A platform thread is about to sleep. */
  public static void sleeping() {
    here(STAYS + SLEEP);
  }

  /** Some thread is about to call Object.wait; virtual ones are seen when they leave. */
  public static void waiting() {
    here(STAYS + OBJECT_WAIT);
  }

  /** A platform thread has waited. */
  public static void stayed() {
    here(STAYED);
  }

  private static void here(int event) {
    Thread thread = Thread.currentThread();
    if (platformWaits && thread.inheritableThreadLocals() != null && !thread.isVirtual()) {
      tell(thread, event);
    }
  }

  // ---- the life of threads

  /** Just before a thread is started for good, in no container, on the thread that starts it. */
  public static void starting(Thread thread) {
    ThreadContainer container = starting(ThreadContainers.root(), thread);
    if (container != ThreadContainers.root()) {
      thread.setThreadContainer(container);
    }
  }

  /**
   * Just before a thread is started for good, on the thread that starts it.
   *
   * @return the container it shall be in; the given one, unless it is adopted
   */
  public static ThreadContainer starting(ThreadContainer given, Thread thread) {
    if (!adoption || exiting || given instanceof TaskscopeContainer) {
      return given; // the last: by the library itself
    }
    try {
      boolean background =
          !thread.isVirtual() && thread.isDaemon() && TaskscopeDaemons.take(thread);
      if (thread instanceof ForkJoinWorkerThread
          || given instanceof SharedThreadContainer
          || TaskscopeThreads.isService(thread)) {
        strip(thread);
      } else if (Thread.currentThread().inheritableThreadLocals() != null) {
        return adopt(given, thread, background);
      }
    } catch (Throwable fault) {
      // It starts as if we were not here.
    }
    return given;
  }

  /** A thread that belongs to a pool or the JDK works for whoever it works for. */
  private static void strip(Thread thread) throws Throwable {
    if (thread.inheritableThreadLocals() != null) {
      for (Link link : links) {
        if (find(thread, link) != null) {
          TaskscopeThreads.setContext(thread, link.key, null);
        }
      }
    }
  }

  private static ThreadContainer adopt(ThreadContainer given, Thread thread, boolean background)
      throws Throwable {
    ThreadContainer container = given;
    for (Link link : links) {
      Object context = find(Thread.currentThread(), link);
      if (context != null) {
        Object body = TaskscopeThreads.named(TaskscopeThreads.body(thread));
        Object task = ask(link, THREAD_STARTS, context, thread, body, background);
        if (task != null) {
          TaskscopeThreads.setContext(thread, link.key, task);
          if (dumps
              && given == ThreadContainers.root()
              && ask(link, CONTAINER_OF, task) instanceof ThreadContainer ours) {
            container = ours;
          }
        }
      }
    }
    return container;
  }

  /** Somebody says of a platform thread that is not started whether it is a daemon. */
  public static void daemon(Thread thread, boolean is) {
    if (adoption && links.length > 0) {
      try {
        TaskscopeDaemons.declare(thread, is);
      } catch (Throwable fault) {
        // Then it counts as one that is waited for.
      }
    }
  }

  /** On the thread itself, before it does anything. */
  public static void begins(Thread thread) {
    if (thread == Thread.currentThread()) {
      askAll(THREAD_BEGINS, thread, null);
    }
  }

  /** On the thread itself: what its body threw. */
  public static void fails(Thread thread, Throwable thrown) {
    askAll(THREAD_FAILS, thread, thrown);
  }

  /** On the thread itself, when it has done everything. */
  public static void ends(Thread thread) {
    askAll(THREAD_ENDS, thread, null);
  }

  /** It could not be started. */
  public static void notStarted(Thread thread, Throwable why) {
    askAll(THREAD_NOT_STARTED, thread, why);
  }

  /** The JVM is about to end: the threads that see to that belong to nobody. */
  public static void exiting() {
    exiting = true;
  }

  private static void askAll(int question, Thread thread, Throwable thrown) {
    if (adoption && thread.inheritableThreadLocals() != null) {
      for (Link link : links) {
        Object context = find(thread, link);
        if (context != null) {
          ask(link, question, context, thread, thrown);
        }
      }
    }
  }

  private static Object ask(Link link, int question, Object... about) {
    try {
      return link.questions.apply(question, about);
    } catch (Throwable fault) {
      return null;
    }
  }

  // ---- pools

  /** Something is given to a ThreadPoolExecutor. */
  public static void submitted(Object work) {
    submit(POOL_SUBMIT, work);
  }

  /** Something is given to a scheduler, for later or again and again. */
  public static void scheduled(Object work) {
    submit(POOL_SCHEDULE, work);
  }

  /** Something is given to a ForkJoinPool, which may be that of the virtual threads. */
  public static void submitted(Object pool, Object work) {
    if (!TaskscopeThreads.isScheduler(pool)) {
      submit(POOL_SUBMIT, work);
    }
  }

  /** Something is given to a ForkJoinPool for later. */
  public static void scheduled(Object pool, Object work) {
    if (!TaskscopeThreads.isScheduler(pool)) {
      submit(POOL_SCHEDULE, work);
    }
  }

  private static void submit(int question, Object work) {
    if (!pools || exiting || Thread.currentThread().inheritableThreadLocals() == null) {
      return;
    }
    try {
      for (Link link : links) {
        Object context = find(Thread.currentThread(), link);
        if (context != null) {
          submitted = true;
          Object named = TaskscopeThreads.named(work);
          link.questions.apply(question, new Object[] {context, null, named, work});
        }
      }
    } catch (Throwable fault) {
      // It is given to the pool as if we were not here.
    }
  }

  /** On a thread of the pool, just before it runs something. */
  public static void enters(Object work) {
    if (submitted && !(Thread.currentThread() instanceof CarrierThread)) {
      poolEvent(work, POOL_ENTERS);
    }
  }

  /** It has run it. */
  public static void leaves(Object work) {
    if (submitted && Thread.currentThread().inheritableThreadLocals() != null) {
      poolEvent(work, POOL_LEAVES);
    }
  }

  /** A worker has run something. */
  public static void leaves() {
    leaves(null);
  }

  /** What a worker ran has thrown something. */
  public static void threw(Throwable thrown) {
    if (submitted) {
      askAll(POOL_THREW, Thread.currentThread(), thrown);
    }
  }

  /** A pool will not run something. */
  public static void discarded(Object work) {
    if (submitted && work != null) {
      poolEvent(work, POOL_DISCARDS);
    }
  }

  /** It may have been taken out of a pool's queue. */
  public static void removed(boolean was, Object work) {
    if (was) {
      discarded(work);
    }
  }

  /** All that was in a pool's queue is given back. */
  public static void drained(List<?> all) {
    if (submitted && all != null) {
      for (Object work : all) {
        discarded(work);
      }
    }
  }

  private static void poolEvent(Object work, int event) {
    try {
      for (Link link : links) {
        link.events.accept(work, event);
      }
    } catch (Throwable fault) {
      // The pool goes on as if we were not here.
    }
  }

  // ---- thread dumps

  private static Object[] registered; // guarded by the class

  /** A dump begins: the JDK asks its registered containers for what is in them. */
  public static synchronized void dumping() {
    dumped();
    if (dumps) {
      Object[] keys = {};
      for (Link link : links) {
        if (ask(link, ALL_CONTAINERS) instanceof Object[] containers) {
          Object[] more = Arrays.copyOf(keys, keys.length + 2 * containers.length);
          for (int i = 0; i < containers.length; i++) {
            more[keys.length + 2 * i] = containers[i]; // registered weakly: so it must be held
            more[keys.length + 2 * i + 1] =
                ThreadContainers.registerContainer((ThreadContainer) containers[i]);
          }
          keys = more;
        }
      }
      registered = keys;
    }
  }

  /** It is over. */
  public static synchronized void dumped() {
    Object[] keys = registered;
    registered = null;
    for (int i = 1; keys != null && i < keys.length; i += 2) {
      ThreadContainers.deregisterContainer(keys[i]);
    }
  }
}
