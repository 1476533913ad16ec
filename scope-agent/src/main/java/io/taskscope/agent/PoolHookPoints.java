// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static io.taskscope.agent.Edits.around;
import static io.taskscope.agent.Edits.atEntry;
import static io.taskscope.agent.Edits.atReturn;
import static io.taskscope.agent.Edits.bracket;
import static io.taskscope.agent.Edits.nothing;
import static io.taskscope.agent.Edits.onThrow;
import static io.taskscope.agent.Edits.tell;
import static java.lang.constant.ConstantDescs.CD_List;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_boolean;

import io.taskscope.agent.HookPoint.Edit;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The methods of the JDK's pools that tell the probe. */
final class PoolHookPoints {
  private static final String OF_RUNNABLE = "(Ljava/lang/Runnable;)V";

  private PoolHookPoints() {}

  static List<HookPoint> all() {
    String executor = "java/util/concurrent/ThreadPoolExecutor";
    String handlers = executor + "$";
    String rejected = "(Ljava/lang/Runnable;Ljava/util/concurrent/ThreadPoolExecutor;)V";
    String forkJoin = "java/util/concurrent/ForkJoinPool";
    return List.of(
        pools(executor, "execute", OF_RUNNABLE, atEntry(ofArgument("submitted"))),
        pools(executor, "runWorker", "(L" + handlers + "Worker;)V", running()),
        pools(executor, "reject", OF_RUNNABLE, onThrow(ofArgument("discarded"))),
        pools(executor, "remove", "(Ljava/lang/Runnable;)Z", atReturn(PoolHookPoints::removed)),
        pools(executor, "drainQueue", "()Ljava/util/List;", atReturn(PoolHookPoints::drained)),
        pools(
            handlers + "DiscardPolicy",
            "rejectedExecution",
            rejected,
            atEntry(ofArgument("discarded"))),
        pools(
            handlers + "DiscardOldestPolicy",
            "rejectedExecution",
            rejected,
            around(isCalled("poll"), nothing(), ofResult("discarded"), null)),
        pools(
            handlers + "CallerRunsPolicy",
            "rejectedExecution",
            rejected,
            around(
                isCalled("run"), ofArgument("enters"), ofArgument("leaves"), ofArgument("leaves"))),
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
        pools(
            "java/util/concurrent/ForkJoinTask",
            "doExec",
            "()V",
            bracket(ofThis("enters"), ofThis("leaves"))));
  }

  private static HookPoint pools(String owner, String method, String descriptor, Edit edit) {
    return new HookPoint(Feature.POOLS, owner, method, descriptor, edit);
  }

  private static Consumer<CodeBuilder> ofThis(String told) {
    return code -> tell(code.aload(0), told, CD_Object);
  }

  private static Consumer<CodeBuilder> ofArgument(String told) {
    return code -> tell(code.aload(1), told, CD_Object);
  }

  private static Consumer<CodeBuilder> ofPoolAnd(int argument, String told) {
    return code -> tell(code.aload(0).aload(argument), told, CD_Object, CD_Object);
  }

  /** Of what is on the stack, which stays there. */
  private static Consumer<CodeBuilder> ofResult(String told) {
    return code -> tell(code.dup(), told, CD_Object);
  }

  private static void removed(CodeBuilder code) {
    tell(code.dup().aload(1), "removed", CD_boolean, CD_Object);
  }

  private static void drained(CodeBuilder code) {
    tell(code.dup(), "drained", CD_List);
  }

  /** The loop of a worker: the work is on the stack when it is run. */
  private static Edit running() {
    return around(
        call ->
            call.name().equalsString("run")
                && call.owner().asInternalName().equals("java/lang/Runnable"),
        ofResult("enters"),
        tell("leaves"),
        code -> tell(code.dup(), "threw", CD_Throwable));
  }

  private static Predicate<InvokeInstruction> isCalled(String name) {
    return call -> call.name().equalsString(name);
  }
}
