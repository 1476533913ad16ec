// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The order in which siblings are closed: who waits for whom. */
final class CloseOrder {
  private CloseOrder() {}

  /**
   * Checks that all whom a new scope is to be closed after are there, and that none of them waits
   * for it in turn. Called with the lock of the siblings held.
   */
  static void check(ScopeNode scope) {
    List<String> after = scope.options().closeAfter;
    ScopeNode parent = scope.above();
    if (after.isEmpty()) {
      if (parent != null && parent.childrenHaveAnOrder) {
        refuseCircle(scope, parent.openChildren());
      }
      return;
    }
    List<ScopeNode> siblings = parent == null ? List.of() : parent.openChildren();
    for (String name : after) {
      if (siblings.stream().noneMatch(sibling -> sibling.name().equals(name))) {
        throw new IllegalArgumentException(
            "closeAfter(\"%s\") of scope \"%s\": %s has no scope of that name; make it first"
                .formatted(name, scope.name(), parent == null ? "a root" : parent.path()));
      }
    }
    refuseCircle(scope, siblings);
    if (parent != null) {
      parent.childrenHaveAnOrder = true;
    }
  }

  /** Whether one scope waits for the other when both are being closed. */
  static boolean waitsFor(ScopeNode later, ScopeNode earlier) {
    return later != earlier && later.options().closeAfter.contains(earlier.name());
  }

  /** Whether the siblings that were to be closed first, and are being closed, are closed. */
  static boolean siblingsBeforeAreClosed(ScopeNode scope) {
    ScopeNode parent = scope.above();
    return parent == null
        || scope.options().closeAfter.isEmpty()
        || parent.childNodes().stream()
            .noneMatch(sibling -> waitsFor(scope, sibling) && sibling.shutdownUnderWay() != null);
  }

  /** A scope is closed: siblings that are being closed may have waited for that. */
  static void wakeSiblingsAfter(ScopeNode scope) {
    ScopeNode parent = scope.above();
    if (parent != null && parent.childrenHaveAnOrder) { // else this would be quadratic for nothing
      for (ScopeNode sibling : parent.childNodes()) {
        ScopeShutdown other = sibling.shutdownUnderWay();
        if (other != null && waitsFor(sibling, scope)) {
          other.wake();
        }
      }
    }
  }

  private static void refuseCircle(ScopeNode scope, List<ScopeNode> siblings) {
    Set<ScopeNode> seen = new HashSet<>();
    Deque<ScopeNode> todo = new ArrayDeque<>(List.of(scope));
    while (!todo.isEmpty()) {
      ScopeNode at = todo.pop();
      for (ScopeNode next : siblings) {
        if (waitsFor(at, next) && seen.add(next)) {
          if (waitsFor(next, scope)) {
            throw new IllegalArgumentException(circle(scope, next));
          }
          todo.push(next);
        }
      }
    }
  }

  private static String circle(ScopeNode scope, ScopeNode waiting) {
    return "closeAfter of scope \"%s\" under %s: %s would be closed after it, and it after %s; "
            .formatted(scope.name(), scope.above(), waiting.name(), scope.options().closeAfter)
        + "leave one of the two out";
  }
}
