// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import io.taskscope.agent.HookPoint.Edit;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The methods of the JDK that tell the probe. */
final class HookPoints {
  private static final ClassDesc PROBE = ClassDesc.of("java.lang.TaskscopeProbe");
  private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
  private static final ClassDesc VIRTUAL = ClassDesc.of("java.lang.VirtualThread");
  private static final ClassDesc CONTAINER = ClassDesc.of("jdk.internal.vm.ThreadContainer");
  private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);
  private static final MethodTypeDesc OF_THREAD = MethodTypeDesc.of(ConstantDescs.CD_void, THREAD);
  private static final MethodTypeDesc OF_THREAD_AND_THROWABLE =
      MethodTypeDesc.of(ConstantDescs.CD_void, THREAD, ConstantDescs.CD_Throwable);

  private static final String VIRTUAL_THREAD = "java/lang/VirtualThread";
  private static final String JAVA_THREAD = "java/lang/Thread";
  private static final String LOCK_SUPPORT = "java/util/concurrent/locks/LockSupport";
  private static final String DUMPER = "jdk/internal/vm/ThreadDumper";
  private static final MethodTypeDesc OF_OBJECT =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
  private static final String OF_RUNNABLE = "(Ljava/lang/Runnable;)V";
  private static final String IN_CONTAINER = "(Ljdk/internal/vm/ThreadContainer;)V";

  private HookPoints() {}

  static List<HookPoint> all() {
    return Stream.concat(inThreads().stream(), inPools().stream()).toList();
  }

  private static List<HookPoint> inThreads() {
    return List.of(
        // Steps
        steps("mount", "()V", atReturn(ofThis("mounted"))),
        steps("unmount", "()V", atEntry(HookPoints::unmounting)),
        steps(
            "submitRunContinuation",
            "(Ljava/util/concurrent/Executor;Z)V",
            atEntry(ofThis("runnable"))),
        steps("lazySubmitRunContinuation", "()V", atEntry(ofThis("runnable"))),
        steps(
            "externalSubmitRunContinuation",
            "(Ljava/util/concurrent/ForkJoinPool;)V",
            atEntry(ofThis("runnable"))),
        steps("park", "()V", atReturn(ofThis("parkOver"))),
        steps("parkNanos", "(J)V", atReturn(ofThis("parkOver"))),
        steps(
            "sleepNanos",
            "(J)V",
            around("parkNanos", ofThis("sleepBegins"), ofThis("sleepEnds"), ofThis("sleepEnds"))),
        steps("parkOnCarrierThread", "(ZJ)V", atEntry(ofThis("pinned"))),
        steps("parkOnCarrierThread", "(ZJ)V", atReturn(ofThis("unpinned"))),
        // Waits of platform threads
        waits(LOCK_SUPPORT, "park", "()V", "park", "parking"),
        waits(LOCK_SUPPORT, "park", "(Ljava/lang/Object;)V", "park", "parking"),
        waits(LOCK_SUPPORT, "parkNanos", "(J)V", "park", "parkingTimed"),
        waits(LOCK_SUPPORT, "parkNanos", "(Ljava/lang/Object;J)V", "park", "parkingTimed"),
        waits(LOCK_SUPPORT, "parkUntil", "(J)V", "park", "parkingTimed"),
        waits(JAVA_THREAD, "sleepNanos", "(J)V", "sleepNanos0", "sleeping"),
        waits("java/lang/Object", "wait", "(J)V", "wait0", "waiting"),
        // The life of threads
        threads(JAVA_THREAD, "start", "()V", starting()),
        threads(JAVA_THREAD, "start", IN_CONTAINER, startingInContainer()),
        threads(VIRTUAL_THREAD, "start", IN_CONTAINER, startingInContainer()),
        threads(
            JAVA_THREAD,
            "daemon",
            "(Z)V",
            atEntry(
                code ->
                    code.aload(0)
                        .iload(1)
                        .invokestatic(
                            PROBE,
                            "daemon",
                            MethodTypeDesc.of(
                                ConstantDescs.CD_void, THREAD, ConstantDescs.CD_boolean)))),
        threads(JAVA_THREAD, "run", "()V", atEntry(ofThis("begins"))),
        threads(VIRTUAL_THREAD, "run", "(Ljava/lang/Runnable;)V", lifeOfVirtual()),
        threads(JAVA_THREAD, "exit", "()V", atEntry(ofThis("ends"))),
        threads(
            JAVA_THREAD,
            "dispatchUncaughtException",
            "(Ljava/lang/Throwable;)V",
            atEntry(
                code ->
                    code.aload(0).aload(1).invokestatic(PROBE, "fails", OF_THREAD_AND_THROWABLE))),
        threads("java/lang/ApplicationShutdownHooks", "runHooks", "()V", atEntry(call("exiting"))),
        // Thread dumps
        new HookPoint(Feature.DUMPS, DUMPER, "dumpThreads", null, dumping()),
        new HookPoint(Feature.DUMPS, DUMPER, "dumpThreadsToJson", null, dumping()));
  }

  private static List<HookPoint> inPools() {
    String executor = "java/util/concurrent/ThreadPoolExecutor";
    String handlers = executor + "$";
    String rejected = "(Ljava/lang/Runnable;Ljava/util/concurrent/ThreadPoolExecutor;)V";
    String forkJoin = "java/util/concurrent/ForkJoinPool";
    return List.of(
        pools(executor, "execute", OF_RUNNABLE, atEntry(ofArgument("submitted"))),
        pools(executor, "runWorker", "(L" + handlers + "Worker;)V", running()),
        pools(executor, "reject", OF_RUNNABLE, onThrow(ofArgument("discarded"))),
        pools(executor, "remove", "(Ljava/lang/Runnable;)Z", atReturn(HookPoints::removed)),
        pools(executor, "drainQueue", "()Ljava/util/List;", atReturn(HookPoints::drained)),
        pools(
            handlers + "DiscardPolicy",
            "rejectedExecution",
            rejected,
            atEntry(ofArgument("discarded"))),
        pools(
            handlers + "DiscardOldestPolicy",
            "rejectedExecution",
            rejected,
            around("poll", code -> {}, HookPoints::polled, null)),
        pools(
            handlers + "CallerRunsPolicy",
            "rejectedExecution",
            rejected,
            around("run", ofArgument("enters"), ofArgument("leaves"), ofArgument("leaves"))),
        pools( // it drops what comes after a shutdown
            handlers + "CallerRunsPolicy",
            "rejectedExecution",
            rejected,
            atReturn(ofArgument("discarded"))),
        pools(
            "java/util/concurrent/ScheduledThreadPoolExecutor",
            "delayedExecute",
            "(Ljava/util/concurrent/RunnableScheduledFuture;)V",
            atEntry(ofArgument("scheduled"))),
        pools(
            forkJoin,
            "poolSubmit",
            "(ZLjava/util/concurrent/ForkJoinTask;)Ljava/util/concurrent/ForkJoinTask;",
            atEntry(ofPoolAnd(2, "submitted"))),
        pools(
            forkJoin,
            "scheduleDelayedTask",
            "(Ljava/util/concurrent/DelayScheduler$ScheduledForkJoinTask;)"
                + "Ljava/util/concurrent/DelayScheduler$ScheduledForkJoinTask;",
            atEntry(ofPoolAnd(1, "scheduled"))),
        pools("java/util/concurrent/ForkJoinTask", "doExec", "()V", executing()));
  }

  private static HookPoint pools(String owner, String method, String descriptor, Edit edit) {
    return new HookPoint(Feature.POOLS, owner, method, descriptor, edit);
  }

  private static Consumer<CodeBuilder> ofArgument(String told) {
    return code -> code.aload(1).invokestatic(PROBE, told, OF_OBJECT);
  }

  private static Consumer<CodeBuilder> ofPoolAnd(int argument, String told) {
    return code ->
        code.aload(0)
            .aload(argument)
            .invokestatic(
                PROBE,
                told,
                MethodTypeDesc.of(
                    ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_Object));
  }

  private static void removed(CodeBuilder code) {
    code.dup()
        .aload(1)
        .invokestatic(
            PROBE,
            "removed",
            MethodTypeDesc.of(
                ConstantDescs.CD_void, ConstantDescs.CD_boolean, ConstantDescs.CD_Object));
  }

  private static void drained(CodeBuilder code) {
    code.dup()
        .invokestatic(
            PROBE, "drained", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_List));
  }

  private static void polled(CodeBuilder code) {
    code.dup().invokestatic(PROBE, "discarded", OF_OBJECT);
  }

  private static Edit onThrow(Consumer<CodeBuilder> what) {
    return new Edit() {
      @Override
      public boolean onThrow(CodeBuilder code) {
        what.accept(code);
        return true;
      }
    };
  }

  /** The loop of a worker: the work is on the stack when it is run. */
  private static Edit running() {
    return new Edit() {
      @Override
      public boolean before(CodeBuilder code, InvokeInstruction call) {
        boolean it = isRun(call);
        if (it) {
          code.dup().invokestatic(PROBE, "enters", OF_OBJECT);
        }
        return it;
      }

      @Override
      public boolean after(CodeBuilder code, InvokeInstruction call) {
        boolean it = isRun(call);
        if (it) {
          code.invokestatic(PROBE, "leaves", NOTHING);
        }
        return it;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        code.dup()
            .invokestatic(
                PROBE,
                "threw",
                MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Throwable));
        return true;
      }
    };
  }

  private static boolean isRun(InvokeInstruction call) {
    return call.name().equalsString("run")
        && call.owner().asInternalName().equals("java/lang/Runnable");
  }

  private static Edit executing() {
    Consumer<CodeBuilder> leaves = code -> code.aload(0).invokestatic(PROBE, "leaves", OF_OBJECT);
    return new Edit() {
      @Override
      public boolean atEntry(CodeBuilder code) {
        code.aload(0).invokestatic(PROBE, "enters", OF_OBJECT);
        return true;
      }

      @Override
      public boolean atReturn(CodeBuilder code) {
        leaves.accept(code);
        return true;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        leaves.accept(code);
        return true;
      }
    };
  }

  private static HookPoint steps(String method, String descriptor, Edit edit) {
    return new HookPoint(Feature.STEPS, VIRTUAL_THREAD, method, descriptor, edit);
  }

  private static HookPoint threads(String owner, String method, String descriptor, Edit edit) {
    return new HookPoint(Feature.THREADS, owner, method, descriptor, edit);
  }

  private static HookPoint waits(
      String owner, String method, String descriptor, String call, String told) {
    Consumer<CodeBuilder> stayed = call("stayed");
    return new HookPoint(
        Feature.PLATFORM_WAITS,
        owner,
        method,
        descriptor,
        around(call, call(told), stayed, stayed));
  }

  // ---- what is called

  private static Consumer<CodeBuilder> ofThis(String told) {
    return code -> code.aload(0).invokestatic(PROBE, told, OF_THREAD);
  }

  private static Consumer<CodeBuilder> call(String told) {
    return code -> code.invokestatic(PROBE, told, NOTHING);
  }

  private static void unmounting(CodeBuilder code) {
    code.aload(0)
        .aload(0)
        .getfield(VIRTUAL, "state", ConstantDescs.CD_int)
        .invokestatic(
            PROBE,
            "unmounting",
            MethodTypeDesc.of(ConstantDescs.CD_void, THREAD, ConstantDescs.CD_int));
  }

  private static void notStarted(CodeBuilder code) {
    code.dup().aload(0).swap().invokestatic(PROBE, "notStarted", OF_THREAD_AND_THROWABLE);
  }

  // ---- where

  private static Edit atEntry(Consumer<CodeBuilder> what) {
    return new Edit() {
      @Override
      public boolean atEntry(CodeBuilder code) {
        what.accept(code);
        return true;
      }
    };
  }

  private static Edit atReturn(Consumer<CodeBuilder> what) {
    return new Edit() {
      @Override
      public boolean atReturn(CodeBuilder code) {
        what.accept(code);
        return true;
      }
    };
  }

  /** Before and after the calls of a method, and when something is thrown. */
  private static Edit around(
      String callee,
      Consumer<CodeBuilder> before,
      Consumer<CodeBuilder> after,
      @Nullable Consumer<CodeBuilder> thrown) {
    return new Edit() {
      @Override
      public boolean before(CodeBuilder code, InvokeInstruction call) {
        boolean it = call.name().equalsString(callee) && !isLockSupportsOwn(call);
        if (it) {
          before.accept(code);
        }
        return it;
      }

      @Override
      public boolean after(CodeBuilder code, InvokeInstruction call) {
        boolean it = call.name().equalsString(callee) && !isLockSupportsOwn(call);
        if (it) {
          after.accept(code);
        }
        return it;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        if (thrown != null) {
          thrown.accept(code);
        }
        return thrown != null;
      }
    };
  }

  /** Its branch for virtual threads, which has a method of the same name. */
  private static boolean isLockSupportsOwn(InvokeInstruction call) {
    return call.owner().asInternalName().equals("jdk/internal/misc/VirtualThreads")
        || call.owner().asInternalName().equals("java/util/concurrent/locks/LockSupport");
  }

  private static Edit starting() {
    return new Edit() {
      @Override
      public boolean before(CodeBuilder code, InvokeInstruction call) {
        if (!call.name().equalsString("start0")) {
          return false;
        }
        ofThis("starting").accept(code);
        return true;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        notStarted(code);
        return true;
      }
    };
  }

  /** Gives the thread another container, just before it is told which it has. */
  private static Edit startingInContainer() {
    return new Edit() {
      @Override
      public boolean before(CodeBuilder code, InvokeInstruction call) {
        if (!call.name().equalsString("setThreadContainer")) {
          return false;
        }
        code.aload(0)
            .invokestatic(PROBE, "starting", MethodTypeDesc.of(CONTAINER, CONTAINER, THREAD))
            .dup()
            .astore(1);
        return true;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        notStarted(code);
        return true;
      }
    };
  }

  private static Edit lifeOfVirtual() {
    return new Edit() {
      @Override
      public boolean atEntry(CodeBuilder code) {
        ofThis("begins").accept(code);
        return true;
      }

      @Override
      public boolean atReturn(CodeBuilder code) {
        ofThis("ends").accept(code);
        return true;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        ofThis("ends").accept(code);
        return true;
      }
    };
  }

  private static Edit dumping() {
    return new Edit() {
      @Override
      public boolean atEntry(CodeBuilder code) {
        call("dumping").accept(code);
        return true;
      }

      @Override
      public boolean atReturn(CodeBuilder code) {
        call("dumped").accept(code);
        return true;
      }

      @Override
      public boolean onThrow(CodeBuilder code) {
        call("dumped").accept(code);
        return true;
      }
    };
  }
}
