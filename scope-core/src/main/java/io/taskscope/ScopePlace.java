// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.Finding;
import io.taskscope.view.ScopeView;
import io.taskscope.view.Snapshot;
import io.taskscope.view.TaskView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The place of a scope in the tree: its names, what is above it and what is below. */
abstract sealed class ScopePlace extends Member implements TaskScope permits ScopeWork {
  /** The roots that are not closed. */
  private static final MemberList<ScopeNode> ROOTS = new MemberList<>();

  private final long id = Ids.nextScope();
  private final long createdNanos = System.nanoTime();
  private final @Nullable ScopeNode parent;
  private final String name;
  private final boolean block;
  private final ScopeOptions options;
  private final Tree tree;
  private final PathStats stats;

  /** For thread dumps, if the agent is there; made when first needed. */
  volatile @Nullable Object container;

  /** The scopes directly in it. Its lock also guards what decides whether there may be more. */
  final MemberList<ScopeNode> children = new MemberList<>();

  /** Whether some scope in it is to be closed after another one. */
  volatile boolean childrenHaveAnOrder;

  /** Only ever moves forward, with the lock of the children held. */
  volatile ScopeState state = ScopeState.OPEN;

  ScopePlace(@Nullable ScopeNode parent, String name, boolean block, ScopeOptions options) {
    this.parent = parent;
    this.name = name;
    this.block = block;
    this.options = parent == null ? options : options.inheriting(parent.options());
    this.tree = Tree.of(parent, options);
    this.stats = PathStats.opened(parent == null ? null : parent.stats(), name, !block);
  }

  /** This object, which is never anything but a {@link ScopeNode}. */
  abstract ScopeNode self();

  /** The list it is in, with its siblings. */
  final MemberList<ScopeNode> siblings() {
    return parent == null ? ROOTS : parent.children;
  }

  static List<TaskScope> openRoots() {
    return Collections.unmodifiableList(oldestFirst(ROOTS));
  }

  private static List<ScopeNode> oldestFirst(MemberList<ScopeNode> list) {
    List<ScopeNode> scopes = new ArrayList<>();
    list.forEach(
        scope -> {
          if (scope.state() != ScopeState.CLOSED) {
            scopes.add(scope);
          }
        });
    Collections.reverse(scopes);
    return scopes;
  }

  @Override
  public Optional<TaskScope> parent() {
    return Optional.ofNullable(parent);
  }

  final boolean isAtOrBelow(ScopeNode other) {
    ScopeNode at = self();
    while (at != null && at != other) {
      at = at.above();
    }
    return at != null;
  }

  @Nullable ScopeNode above() {
    return parent;
  }

  @Override
  public List<TaskScope> children() {
    return Collections.unmodifiableList(openChildren());
  }

  /** The scopes directly in it that are not closed, oldest first. */
  final List<ScopeNode> openChildren() {
    return oldestFirst(children);
  }

  /**
   * The scopes directly in it, those included whose hooks are just being told that they are closed.
   */
  List<ScopeNode> childNodes() {
    List<ScopeNode> nodes = new ArrayList<>();
    children.forEach(nodes::add);
    return nodes;
  }

  /** This scope and all below it, each before those below it. */
  List<ScopeNode> subtree() {
    List<ScopeNode> found = new ArrayList<>();
    Deque<ScopeNode> todo = new ArrayDeque<>();
    todo.push(self());
    while (!todo.isEmpty()) { // a loop, because trees may be thousands of scopes deep
      ScopeNode next = todo.pop();
      found.add(next);
      next.children.forEach(todo::push); // newest first, so that the oldest is popped first
    }
    return found;
  }

  @Override
  public Stream<TaskScope> descendants() {
    return subtree().stream()
        .skip(1)
        .filter(scope -> scope.state() != ScopeState.CLOSED)
        .map(TaskScope.class::cast);
  }

  @Override
  public Optional<TaskScope> find(String relativePath) {
    Objects.requireNonNull(relativePath, "relativePath");
    List<TaskScope> level = List.of(this);
    for (String segment : relativePath.split("/", -1)) {
      if (!segment.isEmpty()) {
        level =
            level.stream()
                .flatMap(scope -> scope.children().stream())
                .filter(scope -> scope.name().equals(segment))
                .toList();
      }
    }
    return level.stream().findFirst();
  }

  @Nullable ScopeNode selfOrOpenAncestor() {
    ScopeNode at = self();
    while (at != null && at.state == ScopeState.CLOSED) {
      at = at.above();
    }
    return at;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String path() {
    if (stats.depth > 0) {
      return stats.path;
    }
    List<String> names = new ArrayList<>(); // beyond the limit of paths nobody keeps it
    for (ScopeNode at = self(); at != null; at = at.above()) {
      names.add(at.name());
    }
    StringBuilder path = new StringBuilder();
    names.reversed().forEach(segment -> path.append('/').append(segment));
    return path.toString();
  }

  @Override
  public String statisticsPath() {
    return stats.path;
  }

  @Override
  public ScopeState state() {
    return state;
  }

  @Override
  public boolean isBlock() {
    return block;
  }

  @Override
  public ScopeOptions options() {
    return options;
  }

  @Override
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - createdNanos);
  }

  TaskClock clock() {
    return tree.clock();
  }

  Tree tree() {
    return tree;
  }

  PathStats stats() {
    return stats;
  }

  @Override
  public Snapshot snapshot() {
    return Snapshots.of(self());
  }

  @Override
  public List<Finding> findings() {
    return Findings.of(self());
  }

  @Override
  public List<ScopeView> scopes(String selector) {
    return Selection.scopes(self(), selector);
  }

  @Override
  public List<TaskView> tasks(String selector) {
    return Selection.tasks(self(), selector);
  }

  @Override
  public ScopeView view() {
    return Snapshots.alone(self());
  }

  @Override
  public String toString() {
    return "scope " + path();
  }
}
