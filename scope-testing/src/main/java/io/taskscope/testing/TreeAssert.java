// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.Outcome;
import io.taskscope.ScopeState;
import io.taskscope.view.ScopeView;
import io.taskscope.view.TaskView;
import java.util.List;

/** Assertions about a tree as it was at one moment; see {@link TreeAssertions}. */
public final class TreeAssert {
  private final ScopeView top;

  TreeAssert(ScopeView top) {
    this.top = top;
  }

  /** There is a scope with this path. */
  public TreeAssert hasScope(String path) {
    find(path);
    return this;
  }

  /** There is no scope with this path. */
  public TreeAssert hasNoScope(String path) {
    return check(top.find(path).isEmpty(), "there is a scope " + path);
  }

  /** The first scope with this path is in this state. */
  public TreeAssert hasState(String path, ScopeState state) {
    ScopeState actual = find(path).state();
    return check(actual == state, "%s should be %s, but is %s".formatted(path, state, actual));
  }

  /** All scopes with this path together have this many live tasks. */
  public TreeAssert hasLive(String path, long live) {
    find(path);
    long actual = at(path).stream().mapToLong(ScopeView::live).sum();
    return check(
        actual == live, "%s should have %s live tasks, but has %s".formatted(path, live, actual));
  }

  /** No task is live anywhere in the tree. */
  public TreeAssert hasNoLiveTasks() {
    long live = top.liveBelow();
    return check(live == 0, "no task should be live, but " + live + " are");
  }

  /** A task of this name is live in a scope with this path. */
  public TreeAssert hasTask(String path, String name) {
    find(path);
    List<String> names =
        at(path).stream().flatMap(scope -> scope.tasks().stream()).map(TaskView::name).toList();
    return check(
        names.contains(name),
        "%s should have a live task \"%s\", but has %s".formatted(path, name, names));
  }

  /** All scopes with this path together have had this many tasks with this kind of outcome. */
  public TreeAssert hasFinished(String path, Outcome.Kind kind, long count) {
    find(path);
    long actual = at(path).stream().mapToLong(scope -> scope.finished().of(kind)).sum();
    return check(
        actual == count,
        "%s should have had %s tasks with outcome %s, but had %s"
            .formatted(path, count, kind, actual));
  }

  private List<ScopeView> at(String path) {
    return top.all().filter(scope -> scope.path().equals(path)).toList();
  }

  private ScopeView find(String path) {
    return top.find(path).orElseThrow(() -> error("there is no scope " + path));
  }

  private TreeAssert check(boolean holds, String otherwise) {
    if (!holds) {
      throw error(otherwise);
    }
    return this;
  }

  private AssertionError error(String what) {
    return new AssertionError(what + System.lineSeparator() + TreeText.of(top));
  }
}
