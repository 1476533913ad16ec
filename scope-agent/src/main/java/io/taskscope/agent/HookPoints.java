// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static io.taskscope.agent.Edits.PROBE;
import static io.taskscope.agent.Edits.atEntry;
import static io.taskscope.agent.Edits.atReturn;
import static io.taskscope.agent.Edits.bracket;
import static io.taskscope.agent.Edits.nothing;
import static io.taskscope.agent.Edits.tell;

import io.taskscope.agent.HookPoint.Edit;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The methods of the JDK that tell the probe. */
final class HookPoints {
  private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
  private static final ClassDesc VIRTUAL = ClassDesc.of("java.lang.VirtualThread");
  private static final ClassDesc CONTAINER = ClassDesc.of("jdk.internal.vm.ThreadContainer");

  private static final String VIRTUAL_THREAD = "java/lang/VirtualThread";
  private static final String JAVA_THREAD = "java/lang/Thread";
  private static final String LOCK_SUPPORT = "java/util/concurrent/locks/LockSupport";
  private static final String DUMPER = "jdk/internal/vm/ThreadDumper";
  private static final String IN_CONTAINER = "(Ljdk/internal/vm/ThreadContainer;)V";

  private HookPoints() {}

  static List<HookPoint> all() {
    return Stream.concat(inThreads().stream(), PoolHookPoints.all().stream()).toList();
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
                code -> tell(code.aload(0).iload(1), "daemon", THREAD, ConstantDescs.CD_boolean))),
        threads(JAVA_THREAD, "run", "()V", atEntry(ofThis("begins"))),
        threads(
            VIRTUAL_THREAD,
            "run",
            "(Ljava/lang/Runnable;)V",
            bracket(ofThis("begins"), ofThis("ends"))),
        threads(JAVA_THREAD, "exit", "()V", atEntry(ofThis("ends"))),
        threads(
            JAVA_THREAD,
            "dispatchUncaughtException",
            "(Ljava/lang/Throwable;)V",
            atEntry(
                code -> tell(code.aload(0).aload(1), "fails", THREAD, ConstantDescs.CD_Throwable))),
        threads("java/lang/ApplicationShutdownHooks", "runHooks", "()V", atEntry(tell("exiting"))),
        // Thread dumps
        new HookPoint(
            Feature.DUMPS, DUMPER, "dumpThreads", null, bracket(tell("dumping"), tell("dumped"))),
        new HookPoint(
            Feature.DUMPS,
            DUMPER,
            "dumpThreadsToJson",
            null,
            bracket(tell("dumping"), tell("dumped"))));
  }

  private static HookPoint steps(String method, String descriptor, Edit edit) {
    return new HookPoint(Feature.STEPS, VIRTUAL_THREAD, method, descriptor, edit);
  }

  private static HookPoint threads(String owner, String method, String descriptor, Edit edit) {
    return new HookPoint(Feature.THREADS, owner, method, descriptor, edit);
  }

  private static HookPoint waits(
      String owner, String method, String descriptor, String call, String told) {
    Consumer<CodeBuilder> stayed = tell("stayed");
    return new HookPoint(
        Feature.PLATFORM_WAITS,
        owner,
        method,
        descriptor,
        around(call, tell(told), stayed, stayed));
  }

  // ---- what is called

  private static Consumer<CodeBuilder> ofThis(String told) {
    return code -> tell(code.aload(0), told, THREAD);
  }

  private static void unmounting(CodeBuilder code) {
    tell(
        code.aload(0).aload(0).getfield(VIRTUAL, "state", ConstantDescs.CD_int),
        "unmounting",
        THREAD,
        ConstantDescs.CD_int);
  }

  private static void notStarted(CodeBuilder code) {
    tell(code.dup().aload(0).swap(), "notStarted", THREAD, ConstantDescs.CD_Throwable);
  }

  // ---- where

  /** Around the calls of a method of this name. */
  private static Edit around(
      String callee,
      Consumer<CodeBuilder> before,
      Consumer<CodeBuilder> after,
      Consumer<CodeBuilder> thrown) {
    return Edits.around(
        call -> call.name().equalsString(callee) && !isLockSupportsOwn(call),
        before,
        after,
        thrown);
  }

  private static Edit starting() {
    return around("start0", ofThis("starting"), nothing(), HookPoints::notStarted);
  }

  /** Gives the thread another container, just before it is told which it has. */
  private static Edit startingInContainer() {
    return around(
        "setThreadContainer",
        code ->
            code.aload(0)
                .invokestatic(PROBE, "starting", MethodTypeDesc.of(CONTAINER, CONTAINER, THREAD))
                .dup()
                .astore(1),
        nothing(),
        HookPoints::notStarted);
  }

  /** Its branch for virtual threads, which has a method of the same name. */
  private static boolean isLockSupportsOwn(InvokeInstruction call) {
    return call.owner().asInternalName().equals("jdk/internal/misc/VirtualThreads")
        || call.owner().asInternalName().equals("java/util/concurrent/locks/LockSupport");
  }
}
