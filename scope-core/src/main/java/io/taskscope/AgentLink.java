// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.AgentStatus;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The line to the agent, if there is one in this JVM. The agent has put a class into {@code
 * java.lang} that the JDK's threads call; this class gives it the key under which a thread keeps
 * its {@link Context}, and is called back with what it finds there. Both sides know only types of
 * the JDK, so that it does not matter which class loaders they are in, and several copies of this
 * library can be linked.
 */
final class AgentLink
    implements ObjIntConsumer<Object>, BiFunction<Integer, @Nullable Object[], @Nullable Object> {
  /** Where an agent that cannot start says why; it has no other way to reach us. */
  private static final String FAILED = "taskscope.agent.failed";

  private static final String PROBE = "java.lang.TaskscopeProbe";

  /** Both sides must mean the same by what follows. */
  private static final int PROTOCOL = 1;

  // What the agent tells of a thread; beyond LEAVES and STAYS comes the ordinal of the ParkReason.
  static final int MOUNTED = 0;
  static final int RUNNABLE = 1;
  static final int PARK_OVER = 2;
  static final int SLEEP_BEGINS = 3;
  static final int SLEEP_ENDS = 4;
  static final int STAYED = 5;
  static final int LEAVES = 16;
  static final int STAYS = 32;
  static final int POOL_ENTERS = 64;
  static final int POOL_LEAVES = 65;
  static final int POOL_DISCARDS = 66;

  private static final ParkReason[] REASONS = ParkReason.values();
  private static final AtomicLong FAULTS = new AtomicLong();
  private static final Object LOCK = new Object();
  private static volatile @Nullable Supplier<List<String>> missing; // null: no agent
  private static volatile @Nullable String misfit; // why an agent that is there is no use
  private static volatile boolean stepsMeasured;

  static {
    connect();
  }

  private AgentLink() {}

  /** Looks for the agent. Called once by us, and by an agent that comes later. */
  static void connect() {
    synchronized (LOCK) {
      if (missing != null) {
        return;
      }
      try {
        warmUp();
        AgentLink link = new AgentLink();
        Object linked =
            Class.forName(PROBE, true, null)
                .getMethod(
                    "link", int.class, ThreadLocal.class, ObjIntConsumer.class, BiFunction.class)
                .invoke(null, PROTOCOL, Context.CARRIER, link, link);
        if (linked instanceof Object[] answer) {
          @SuppressWarnings("unchecked") // part of the protocol
          Supplier<List<String>> status = (Supplier<List<String>>) answer[0];
          stepsMeasured = Boolean.TRUE.equals(answer[1]);
          Steps.slowNanos = (Long) answer[2];
          ScopeContainers.maker = ScopeContainers.makerFrom(answer[3]);
          missing = status;
          misfit = null;
        } else {
          misfit = "the agent is made for another version of Taskscope, or has not started";
        }
      } catch (ClassNotFoundException none) {
        // No agent, which is the usual case.
      } catch (ReflectiveOperationException | RuntimeException | LinkageError strange) {
        misfit = "the agent does not fit this version of Taskscope: " + strange;
        System.getLogger("io.taskscope.agent")
            .log(
                System.Logger.Level.WARNING,
                "the agent in this JVM does not fit this version of Taskscope: nothing is measured",
                strange instanceof InvocationTargetException e ? e.getCause() : strange);
      }
    }
  }

  /** In a thread switch no class may be loaded: so all that runs there has run before. */
  private static void warmUp() {
    Steps steps = new Steps();
    steps.settled(System.nanoTime());
    FAULTS.addAndGet(0);
  }

  /** For a new task; null where steps are not measured. */
  static @Nullable Steps newSteps() {
    return stepsMeasured ? new Steps() : null;
  }

  static boolean stepsMeasured() {
    return stepsMeasured;
  }

  static AgentStatus status() {
    Supplier<List<String>> agent = missing;
    if (agent == null) {
      String why = System.getProperty(FAILED, misfit);
      return why == null
          ? AgentStatus.NONE
          : new AgentStatus(AgentStatus.State.FAILED, List.of(why));
    }
    List<String> lacks = agent.get();
    return new AgentStatus(
        lacks.isEmpty() ? AgentStatus.State.ON : AgentStatus.State.PARTIAL, lacks);
  }

  /** How often something of ours failed in a thread switch; to be 0. */
  static long faults() {
    return FAULTS.get();
  }

  /** Something has happened to a thread with this context; maybe in the middle of a switch. */
  @Override
  public void accept(Object context, int event) {
    try {
      if (event >= POOL_ENTERS) {
        poolEvent(context, event);
        return;
      }
      TaskRun<?> task = taskOf(context);
      Steps steps = task == null ? null : task.steps;
      if (task == null || steps == null) {
        return;
      }
      switch (event) {
        case MOUNTED -> steps.mounted(task);
        case RUNNABLE -> steps.runnable();
        case PARK_OVER -> steps.parkOver(task);
        case SLEEP_BEGINS -> steps.sleeping(true);
        case SLEEP_ENDS -> steps.sleeping(false);
        case STAYED -> steps.stayed(task);
        default -> steps.left(task, REASONS[event & (LEAVES - 1)]);
      }
    } catch (Throwable fault) { // in the middle of a switch nothing must get out
      FAULTS.incrementAndGet();
    }
  }

  /** The task whose body a thread with this context is in. */
  private static @Nullable TaskRun<?> taskOf(@Nullable Object context) {
    return context instanceof Context known ? Context.ownTask(known) : null;
  }

  /** What a pool does with what it was given; null for whatever this thread has begun last. */
  private static void poolEvent(@Nullable Object work, int event) {
    if (event == POOL_LEAVES) {
      PoolTasks.leaves(work, null);
    } else if (work != null && event == POOL_ENTERS) {
      PoolTasks.enters(work);
    } else if (work != null) {
      PoolTasks.discarded(work, "its pool did not take it, or gave it back");
    }
  }

  // What the agent asks when a thread starts or ends, or work is given to a pool.
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

  /** A question, and what it is about; the context of the thread concerned comes first. */
  @Override
  public @Nullable Object apply(Integer question, @Nullable Object[] about) {
    try {
      Object context = about.length == 0 ? null : about[0];
      switch (question) {
        case THREAD_STARTS -> {
          return context instanceof Context starter
              ? AdoptedThread.starts(
                  starter, threadIn(about), about[2], Boolean.TRUE.equals(about[3]))
              : null;
        }
        case THREAD_BEGINS -> AdoptedThread.begins(taskOf(context), threadIn(about));
        case THREAD_FAILS -> AdoptedThread.fails(taskOf(context), threadIn(about), thrownIn(about));
        case THREAD_ENDS -> AdoptedThread.ends(taskOf(context), threadIn(about));
        case THREAD_NOT_STARTED ->
            AdoptedThread.notStarted(taskOf(context), threadIn(about), thrownIn(about));
        case CONTAINER_OF -> {
          return context instanceof Context starter ? AdoptedThread.container(starter) : null;
        }
        case ALL_CONTAINERS -> {
          return ScopeContainers.all().toArray();
        }
        case POOL_SUBMIT, POOL_SCHEDULE -> {
          if (context instanceof Context submitter && about[3] != null) {
            Object work = about[3];
            Object named = about[2] == null ? work : about[2];
            PoolTasks.submitted(submitter, work, named, question == POOL_SCHEDULE);
          }
        }
        case POOL_THREW -> PoolTasks.leaves(null, thrownIn(about));
        default -> {}
      }
    } catch (Throwable fault) { // the application's thread must start and end whatever we do
      FAULTS.incrementAndGet();
    }
    return null;
  }

  private static Thread threadIn(@Nullable Object[] about) {
    return (Thread) Objects.requireNonNull(about[1]);
  }

  private static Throwable thrownIn(@Nullable Object[] about) {
    return (Throwable) Objects.requireNonNull(about[2]);
  }
}
