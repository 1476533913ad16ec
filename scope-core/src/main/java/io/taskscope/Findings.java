// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.view.AgentStatus;
import io.taskscope.view.Finding;
import io.taskscope.view.Finding.Kind;
import io.taskscope.view.Finding.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Looks over a subtree for what someone should know of. */
final class Findings {
  /** A task that was cancelled this long ago and lives is said to be stuck. */
  static final Duration STUCK_AFTER = Duration.ofSeconds(5);

  static final int MAX_TASKS = 20;

  private final List<Finding> found = new ArrayList<>();

  private Findings() {}

  static List<Finding> of(ScopeNode top) {
    Findings findings = new Findings();
    for (ScopeNode node : top.subtree()) {
      findings.look(node);
    }
    findings.lookForLeaked(top);
    findings.found.addAll(StepFindings.of(top));
    findings.lookAtHooks();
    findings.lookAtBounds();
    findings.lookAtAgent();
    findings.found.sort(Comparator.comparing(Finding::severity).thenComparing(Finding::path));
    return List.copyOf(findings.found);
  }

  private void look(ScopeNode node) {
    Thread dead = node.deadOpener();
    if (dead != null && node.state() != ScopeState.CLOSED) {
      found.add(
          new Finding(
              Kind.UNCLOSED,
              Severity.ERROR,
              node.path(),
              "block %s was never closed, and thread %s \"%s\" that opened it has ended: use try-with-resources"
                  .formatted(node.id(), dead.threadId(), dead.getName()),
              List.of(),
              1));
    }
    List<TaskRun<?>> stuck = matching(node, Findings::isStuck);
    if (!stuck.isEmpty()) {
      add(
          Kind.STUCK,
          Severity.WARNING,
          node.path(),
          stuck,
          "%s cancelled more than %s ago and still running: the body ignores its interrupt"
              .formatted(tasks(stuck), Durations.text(STUCK_AFTER)));
    }
    List<TaskRun<?>> orphans = matching(node, Findings::isOrphan);
    if (!orphans.isEmpty()) {
      add(
          Kind.ORPHAN,
          Severity.INFO,
          node.path(),
          orphans,
          tasks(orphans) + " whose creator has ended: nobody is left to ask for the result");
    }
  }

  private static List<TaskRun<?>> matching(ScopeNode node, Predicate<TaskRun<?>> condition) {
    List<TaskRun<?>> tasks = new ArrayList<>();
    node.registry()
        .forEach(
            task -> {
              if (!task.hasLeft() && condition.test(task)) {
                tasks.add(task);
              }
            });
    return tasks;
  }

  private static boolean isStuck(TaskRun<?> task) {
    return task.nanosSinceCancel() > STUCK_AFTER.toNanos();
  }

  private static boolean isOrphan(TaskRun<?> task) {
    return task.parentId() != 0 && task.parent().isEmpty();
  }

  private void lookForLeaked(ScopeNode top) {
    List<TaskRun<?>> leaked =
        top.tree().abandonedAlive().stream().filter(task -> task.scope().isAtOrBelow(top)).toList();
    leaked.stream()
        .map(task -> task.scope().path())
        .distinct()
        .forEach(
            path -> {
              List<TaskRun<?>> there =
                  leaked.stream().filter(task -> task.scope().path().equals(path)).toList();
              add(
                  Kind.LEAKED,
                  Severity.ERROR,
                  path,
                  there,
                  tasks(there) + " abandoned by the scope and still running: the thread is lost");
            });
  }

  private void lookAtHooks() {
    for (HookStatus hook : Hooks.status()) {
      if (hook.quarantined()) {
        long failures = hook.failures().values().stream().mapToLong(Long::longValue).sum();
        found.add(
            new Finding(
                Kind.QUARANTINED,
                Severity.ERROR,
                "",
                "hook %s is no longer called after %s failures in %s"
                    .formatted(hook.hook(), failures, hook.failures().keySet()),
                List.of(),
                failures));
      }
    }
  }

  private void lookAtBounds() {
    long folded = PathStats.overflowed();
    if (folded > 0) {
      found.add(
          incomplete(
              folded,
              "%s scopes are counted under (other), because there are more than %s distinct paths: is there an id in a scope name?"
                  .formatted(folded, PathStats.MAX_PATHS)));
    }
    long dropped = CompletionBuffer.ALL_DROPPED.get();
    if (dropped > 0) {
      found.add(
          incomplete(
              dropped,
              "%s completions were dropped, because nobody read them fast enough"
                  .formatted(dropped)));
    }
  }

  /** One that is not there at all is a choice; one that is not all there is not. */
  private void lookAtAgent() {
    AgentStatus agent = AgentLink.status();
    if (!agent.missing().isEmpty()) {
      found.add(
          incomplete(
              agent.missing().size(),
              "the agent %s: %s"
                  .formatted(
                      agent.state() == AgentStatus.State.FAILED
                          ? "could not start, so that nothing is measured or adopted"
                          : "works in part",
                      String.join("; ", agent.missing()))));
    }
  }

  private static Finding incomplete(long count, String sentence) {
    return new Finding(Kind.INCOMPLETE, Severity.WARNING, "", sentence, List.of(), count);
  }

  private void add(
      Kind kind, Severity severity, String path, List<TaskRun<?>> tasks, String sentence) {
    found.add(
        new Finding(
            kind,
            severity,
            path,
            sentence,
            tasks.stream()
                .sorted(Comparator.comparingLong(TaskRun::id))
                .limit(MAX_TASKS)
                .map(Snapshots::view)
                .toList(),
            tasks.size()));
  }

  private static String tasks(List<TaskRun<?>> tasks) {
    return tasks.size() == 1
        ? "task " + tasks.getFirst().id() + " \"" + tasks.getFirst().name() + "\""
        : tasks.size() + " tasks";
  }
}
