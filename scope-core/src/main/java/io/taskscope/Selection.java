// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.internal.Attribute;
import io.taskscope.internal.Selector;
import io.taskscope.view.FinishedTask;
import io.taskscope.view.ScopeView;
import io.taskscope.view.TaskView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Goes through a subtree with a selector. Only what matches costs a view. */
final class Selection {
  private Selection() {}

  static List<ScopeView> scopes(ScopeNode top, String text) {
    Selector selector = Selector.parse(text, Selector.Subject.SCOPE);
    List<ScopeView> found = new ArrayList<>();
    for (ScopeNode node : top.subtree()) {
      if (node.state() != ScopeState.CLOSED && selector.matchesPath(node.path())) {
        ScopeView view = node.view();
        if (selector.matches(attribute -> value(view, attribute))) {
          found.add(view);
        }
      }
    }
    return found;
  }

  static List<TaskView> tasks(ScopeNode top, String text) {
    Selector selector = Selector.parse(text, Selector.Subject.TASK);
    boolean finished =
        selector.asksFor(Attribute.OUTCOME)
            || selector.asksFor(Attribute.REASON)
            || selector.asksFor(Attribute.STATE);
    List<TaskView> found = new ArrayList<>();
    List<ScopeNode> nodes = top.subtree();
    for (ScopeNode node : nodes) {
      if (selector.matchesPath(node.path())) {
        node.registry()
            .forEach(
                task -> {
                  if (!task.hasLeft() && selector.matches(attribute -> value(task, attribute))) {
                    found.add(Snapshots.view(task));
                  }
                });
      }
    }
    if (finished) {
      addFinished(nodes, selector, found);
    }
    return found;
  }

  /** Looked through after the live ones, so that no task is missed that ends meanwhile. */
  private static void addFinished(List<ScopeNode> nodes, Selector selector, List<TaskView> found) {
    Set<Long> known = found.stream().map(TaskView::id).collect(Collectors.toSet());
    for (ScopeNode node : nodes) {
      if (node.hasOwnHistory()) {
        for (FinishedTask task : node.history()) {
          TaskView view = Snapshots.view(task);
          if (selector.matchesPath(task.path())
              && !known.contains(task.id())
              && selector.matches(attribute -> value(view, attribute))) {
            found.add(view);
          }
        }
      }
    }
  }

  private static @Nullable Object value(ScopeView scope, Attribute attribute) {
    return switch (attribute) {
      case ID -> scope.id();
      case NAME -> scope.name();
      case PATH -> scope.path();
      case STATE -> scope.state().label();
      case LIVE -> scope.live();
      case STARTED -> scope.started();
      case FAILED -> scope.finished().failure();
      case AGE -> scope.age().toNanos();
      case DEPTH -> scope.path().chars().filter(c -> c == '/').count();
      default -> throw new AssertionError(attribute + " is not of scopes");
    };
  }

  /** Straight from the task: a million of them pass by here. */
  private static @Nullable Object value(TaskRun<?> task, Attribute attribute) {
    return switch (attribute) {
      case ID -> task.id();
      case NAME -> task.name();
      case AGE -> task.ageNanos();
      case PARENT -> task.parentId();
      case ORIGIN -> task.origin().label();
      case STATE -> task.taskState().name();
      default -> value(Snapshots.view(task), attribute);
    };
  }

  private static @Nullable Object value(TaskView task, Attribute attribute) {
    return switch (attribute) {
      case ID -> task.id();
      case NAME -> task.name();
      case STATE -> task.state().name();
      case AGE -> task.times().age().toNanos();
      case RUN -> task.times().running().toNanos();
      case QUEUED -> task.times().queued().toNanos();
      case PARKED -> task.times().parked().toNanos();
      case STEPS -> task.times().steps();
      case ORIGIN -> task.origin().label();
      case OUTCOME -> task.outcome() == null ? null : task.outcome().kind().label();
      case REASON -> reason(task.outcome());
      case PARENT -> task.parentId();
      default -> throw new AssertionError(attribute + " is not of tasks");
    };
  }

  /** Why it was cancelled, or what it failed with. */
  private static @Nullable String reason(@Nullable Outcome outcome) {
    return switch (outcome) {
      case Outcome.Cancelled cancelled -> cancelled.reason();
      case Outcome.Failure failure -> Failures.text(failure.error());
      case null, default -> null;
    };
  }
}
