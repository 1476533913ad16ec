// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.FinishedTask;
import io.taskscope.view.ScopeView;
import io.taskscope.view.Snapshot;
import io.taskscope.view.TaskView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes pictures of the tree. */
final class Snapshots {
  private Snapshots() {}

  static Snapshot of(ScopeNode top) {
    Instant takenAt = Instant.now();
    Map<Long, List<ScopeView>> childrenOf = new HashMap<>();
    ScopeView last = null;
    for (ScopeNode node :
        top.subtree().reversed()) { // those inside first, because views are immutable
      List<ScopeView> children = childrenOf.getOrDefault(node.id(), List.of());
      last = view(node, tasks(node), children.reversed());
      ScopeNode parent = node.above();
      if (parent != null && node.state() != ScopeState.CLOSED) {
        childrenOf.computeIfAbsent(parent.id(), id -> new ArrayList<>()).add(last);
      }
    }
    if (last == null) {
      throw new AssertionError("a subtree contains its top");
    }
    return new Snapshot(takenAt, last);
  }

  /** The scope without what is in it. */
  static ScopeView alone(ScopeNode node) {
    return view(node, List.of(), List.of());
  }

  private static ScopeView view(ScopeNode node, List<TaskView> tasks, List<ScopeView> children) {
    TaskRegistry.Counts counts = node.registry().counts();
    TaskRun<?> oldest = node.registry().oldest();
    return new ScopeView(
        node.id(),
        node.name(),
        node.path(),
        node.state(),
        node.isBlock(),
        node.age(),
        counts.live(),
        counts.started(),
        counts.finished(),
        oldest == null ? Duration.ZERO : Duration.ofNanos(oldest.ageNanos()),
        tasks,
        children);
  }

  private static List<TaskView> tasks(ScopeNode node) {
    return node.tasks().stream().map(Snapshots::view).toList();
  }

  static TaskView view(Task<?> task) {
    return new TaskView(
        task.id(),
        task.name(),
        task.scope().path(),
        task.taskState(),
        task.origin(),
        task.outcome().orElse(null),
        task.parentId(),
        task.thread().map(Thread::getName).orElse(null),
        task.times());
  }

  static TaskView view(FinishedTask task) {
    return new TaskView(
        task.id(),
        task.name(),
        task.path(),
        TaskState.FINISHED,
        task.origin(),
        task.outcome(),
        task.creators().isEmpty() ? 0 : task.creators().getFirst().id(),
        null,
        task.times());
  }
}
