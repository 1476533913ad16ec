// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayList;
import java.util.List;

/** The resources a scope owns, in the order in which they were handed over. */
final class Resources {
  record Owned(String name, AutoCloseable resource) {}

  private final ScopeNode scope;
  private List<Owned> owned = List.of(); // guarded by this
  private boolean sealed; // guarded by this

  Resources(ScopeNode scope) {
    this.scope = scope;
  }

  synchronized void add(String name, AutoCloseable resource) {
    if (sealed) {
      throw new ScopeClosedException(
          "scope %s is %s: it takes no new resource \"%s\", which stays open and is yours to close"
              .formatted(scope.path(), scope.state(), name));
    }
    if (owned.isEmpty()) {
      owned = new ArrayList<>(2);
    }
    owned.add(new Owned(name, resource));
  }

  /** Takes no more, and hands out what there is, last one first. */
  synchronized List<Owned> seal() {
    sealed = true;
    List<Owned> toClose = List.copyOf(owned).reversed();
    owned = List.of();
    return toClose;
  }

  synchronized boolean sealIfEmpty() {
    sealed |= owned.isEmpty();
    return sealed;
  }

  synchronized boolean isEmpty() {
    return owned.isEmpty();
  }
}
