// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.ShutdownReport.Result;
import io.taskscope.internal.HookSet;
import io.taskscope.view.OutcomeCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what a shutdown does, tells the hooks, and makes the report. Used by the engine's
 * thread.
 */
final class ShutdownRecord {
  private final ScopeNode scope;
  private final Telling telling;
  private final List<ShutdownReport> inner = new ArrayList<>();
  private final List<ShutdownReport.Phase> phases = new ArrayList<>();
  private final List<ShutdownReport.AbandonedTask> abandoned = new ArrayList<>();
  private final List<ShutdownReport.AbandonedTask> background = new ArrayList<>();
  private final long requestedAt;
  private long startedAt;
  private TaskRegistry.@Nullable Counts atStart;
  private Result result = Result.CLEAN;
  private long phaseAt;
  private long phaseTasks;

  /**
   * @param requestedAt when the shutdown was asked for, by the clock of the scope
   */
  ShutdownRecord(ScopeNode scope, Telling telling, long requestedAt) {
    this.scope = scope;
    this.telling = telling;
    this.requestedAt = requestedAt;
    this.startedAt = requestedAt;
  }

  /** A scope inside has closed. */
  void add(ShutdownReport report) {
    inner.add(report);
  }

  /** All scopes inside have closed, and it is this scope's turn. */
  void begin(long now) {
    startedAt = now;
    atStart = scope.registry().counts();
    tell(hooks -> hooks.scopeClosing(scope));
  }

  long startedAt() {
    return startedAt;
  }

  void beginPhase(ShutdownPhase phase, long now, long tasks) {
    phaseAt = now;
    phaseTasks = tasks;
    tell(hooks -> hooks.phaseStarted(scope, phase));
  }

  void endPhase(ShutdownPhase phase, Result how, long now, long left) {
    ShutdownReport.Phase ended =
        new ShutdownReport.Phase(phase, Duration.ofNanos(now - phaseAt), how, phaseTasks, left);
    phases.add(ended);
    result = result.worse(how);
    tell(hooks -> hooks.phaseEnded(scope, ended));
  }

  void abandoned(List<TaskRun<?>> tasks) {
    givenUp(tasks, abandoned);
  }

  /** Threads that nobody waits for, and that live on. */
  void background(List<TaskRun<?>> tasks) {
    givenUp(tasks, background);
  }

  private void givenUp(List<TaskRun<?>> tasks, List<ShutdownReport.AbandonedTask> described) {
    for (TaskRun<?> task : tasks) {
      described.add(Abandonment.describe(task));
      if (task.hooks.followsAbandonment()) {
        tellOf(task::tellAbandoned);
      }
    }
  }

  /** The scope, or a block in it, is closed: a failure that nobody has seen yet is seen to now. */
  void reportFailureOf(ScopeNode node) {
    if (node.failure.any()) {
      tellOf(node.failure::reportIfUnseen); // handlers are the application's
    }
  }

  void tellClosed() {
    tell(hooks -> hooks.scopeClosed(scope));
  }

  /** A block that is closed with the scope, because its owner was given up or did not care. */
  void tellBlockClosed(ScopeNode block) {
    HookSet hooks = block.hooks();
    if (hooks.followsScopeEnd()) {
      tellOf(
          () -> {
            block.awaitAnnouncement();
            hooks.scopeClosing(block);
            hooks.scopeClosed(block);
          });
    }
  }

  private void tellOf(Runnable call) {
    telling.tell(() -> ShutdownCall.onBehalfOf(scope, call));
  }

  private void tell(Consumer<HookSet> call) {
    HookSet hooks = scope.hooks();
    if (hooks.followsScopeEnd()) {
      tellOf(
          () -> {
            scope.awaitAnnouncement();
            call.accept(hooks);
          });
    }
  }

  ShutdownReport report(
      long now, @Nullable Duration asked, List<ShutdownReport.Resource> resources) {
    OutcomeCounts counts = scope.registry().counts().finished();
    Result worst = result.worse(scope.quiet.resultAtDeadline());
    List<ShutdownReport.AbandonedTask> givenUp = new ArrayList<>(scope.quiet.givenUpAtDeadline());
    givenUp.addAll(abandoned);
    for (ShutdownReport below : inner) {
      worst = worst.worse(below.result());
    }
    return new ShutdownReport(
        scope.id(),
        scope.path(),
        worst,
        Duration.ofNanos(now - (inner.isEmpty() ? startedAt : requestedAt)),
        Optional.ofNullable(asked),
        phases,
        atStart == null ? 0 : atStart.live(),
        counts.minus(atStart == null ? OutcomeCounts.NONE : atStart.finished()),
        counts,
        resources,
        givenUp,
        background,
        inner,
        0,
        List.of());
  }

  /**
   * The report of a shutdown that could not keep its deadline: what is known without waiting for
   * the engine. From any thread.
   */
  static ShutdownReport cutOff(
      ScopeNode scope,
      Duration took,
      @Nullable Duration asked,
      long unfinished,
      List<ShutdownReport.AbandonedTask> live) {
    TaskRegistry.Counts counts = scope.registry().counts();
    return new ShutdownReport(
        scope.id(),
        scope.path(),
        Result.ABANDONED,
        took,
        Optional.ofNullable(asked),
        List.of(),
        counts.live(),
        OutcomeCounts.NONE,
        counts.finished(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        unfinished,
        live);
  }
}
