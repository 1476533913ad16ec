// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one shutdown is about: a scope and the blocks inside it, which belong to tasks inside it and
 * go with it. Scopes made by {@code child}, and blocks that are being closed for themselves, are
 * not part of it. Looked up anew each time, because blocks come and go.
 */
final class ShutdownGroup {
  private final ScopeNode scope;

  ShutdownGroup(ScopeNode scope) {
    this.scope = scope;
  }

  /** The scope and the blocks in it, each before those inside it. */
  List<ScopeNode> nodes() {
    List<ScopeNode> nodes = new ArrayList<>();
    nodes.add(scope);
    for (int i = 0; i < nodes.size(); i++) {
      for (ScopeNode child : nodes.get(i).childNodes()) {
        if (belongsToItsParent(child)) {
          nodes.add(child);
        }
      }
    }
    return nodes;
  }

  /** The blocks in it, innermost first. */
  List<ScopeNode> blocks() {
    List<ScopeNode> nodes = nodes();
    return nodes.subList(1, nodes.size()).reversed();
  }

  /** The scopes that have to be closed before this group begins. */
  List<ScopeNode> scopesInside() {
    List<ScopeNode> found = new ArrayList<>();
    Deque<ScopeNode> todo = new ArrayDeque<>(scope.childNodes());
    while (!todo.isEmpty()) {
      ScopeNode next = todo.pop();
      if (belongsToItsParent(next)) {
        todo.addAll(next.childNodes());
      } else {
        found.add(next);
      }
    }
    return found;
  }

  private static boolean belongsToItsParent(ScopeNode node) {
    return node.isBlock() && node.shutdownUnderWay() == null;
  }

  /** The scope around it whose shutdown waits for this one; null if there is none. */
  @org.jspecify.annotations.Nullable
  ScopeShutdown outer() {
    for (ScopeNode at = scope.above(); at != null; at = at.above()) {
      ScopeShutdown shutdown = at.shutdownUnderWay();
      if (shutdown != null) {
        return shutdown;
      }
      if (!at.isBlock()) {
        return null;
      }
    }
    return null;
  }

  boolean isQuiet() {
    if (!scope.registry().isQuiet()) { // most often: it has the tasks that have opened the blocks
      return false;
    }
    List<ScopeNode> nodes = nodes();
    if (nodes.size() == 1) { // looked at again: a block may have left it a task just now
      return scope.registry().isQuiet();
    }
    Map<Long, Long> before = started(nodes);
    return nodes.stream().allMatch(node -> node.registry().isQuiet())
        && before.equals(started(nodes())); // else a task moved on to a scope looked at before
  }

  private static Map<Long, Long> started(List<ScopeNode> nodes) {
    return nodes.stream()
        .collect(Collectors.toMap(ScopeNode::id, node -> node.registry().started()));
  }

  /** Live tasks that are waited for. */
  long live() {
    return nodes().stream().mapToLong(node -> node.registry().counts().waitedFor()).sum();
  }

  /** From here on it takes in nothing. */
  void seal() {
    scope.advance(ScopeState.CANCELLING);
    for (ScopeNode node : nodes()) { // from the outside in: a sealed block takes no further block
      node.advance(ScopeState.CANCELLING);
    }
  }

  /** Interrupts every task, once, on another thread. */
  Interrupts cancel(String reason) {
    CancelRequest request = CancelRequest.now(new Outcome.Cancelled(reason, "shutdown", List.of()));
    return Interrupts.deliver(nodes(), request);
  }

  /** Gives up every task, innermost first, and calls no hook. */
  List<TaskRun<?>> abandon(long stacksUntil) {
    List<TaskRun<?>> given = new ArrayList<>();
    for (ScopeNode node : nodes().reversed()) {
      given.addAll(Abandonment.of(node, stacksUntil, task -> {}));
    }
    return given;
  }

  /** Lets go of the threads that nobody waits for; they are not interrupted. */
  List<TaskRun<?>> leaveBackground() {
    List<TaskRun<?>> left = new ArrayList<>();
    for (ScopeNode node : nodes().reversed()) {
      left.addAll(Abandonment.ofBackground(node));
    }
    return left;
  }

  /** Takes over the resources, in the order in which to close them. */
  List<Resources.Owned> sealResources() {
    List<Resources.Owned> toClose = new ArrayList<>();
    nodes().reversed().forEach(node -> toClose.addAll(node.resources.seal()));
    return toClose;
  }
}
