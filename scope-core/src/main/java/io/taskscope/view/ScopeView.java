// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import io.taskscope.ScopeState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A scope as it was when asked, with everything below it.
 *
 * <p>Weakly consistent: the parts are read one after the other while the tree goes on. Within one
 * scope {@code started = finished.total() + live} holds exactly.
 *
 * @param id unique within the JVM's life
 * @param name one path segment
 * @param path the names from the root, such as {@code /web/app-a}
 * @param state the state of the scope
 * @param block whether it was opened in block form
 * @param age how long ago it was made
 * @param live tasks of this scope itself that have not ended
 * @param started tasks of this scope itself since it was made
 * @param finished the tasks of this scope itself that ended, by outcome
 * @param oldestTask the age of its oldest live task; zero when there is none
 * @param tasks its live tasks, newest first
 * @param children the scopes directly below it
 */
public record ScopeView(
    long id,
    String name,
    String path,
    ScopeState state,
    boolean block,
    Duration age,
    long live,
    long started,
    OutcomeCounts finished,
    Duration oldestTask,
    List<TaskView> tasks,
    List<ScopeView> children) {

  /** Keeps immutable copies of the lists. */
  public ScopeView {
    tasks = List.copyOf(tasks);
    children = List.copyOf(children);
  }

  /** This scope and all below it, each before those below it. */
  public Stream<ScopeView> all() {
    Stream.Builder<ScopeView> found = Stream.builder();
    Deque<ScopeView> todo = new ArrayDeque<>();
    todo.push(this);
    while (!todo.isEmpty()) { // a loop, because trees may be thousands of scopes deep
      ScopeView next = todo.pop();
      found.add(next);
      next.children().reversed().forEach(todo::push);
    }
    return found.build();
  }

  /** Equal if all fields are, here and below. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof ScopeView view)) {
      return false;
    }
    List<ScopeView> mine = all().toList(); // no recursion, as above
    List<ScopeView> others = view.all().toList();
    return mine.size() == others.size()
        && IntStream.range(0, mine.size()).allMatch(i -> mine.get(i).isAlike(others.get(i)));
  }

  private boolean isAlike(ScopeView other) {
    return id == other.id
        && name.equals(other.name)
        && path.equals(other.path)
        && state == other.state
        && block == other.block
        && age.equals(other.age)
        && live == other.live
        && started == other.started
        && finished.equals(other.finished)
        && oldestTask.equals(other.oldestTask)
        && tasks.equals(other.tasks)
        && children.size() == other.children.size();
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, path, state, live, started, children.size());
  }

  /** One line: the scope itself, and how many there are directly below. */
  @Override
  public String toString() {
    return "scope %s (id %s, %s): %s live of %s started, %s scopes in it"
        .formatted(path, id, state, live, started, children.size());
  }

  /** Live tasks of this scope and all below it. */
  public long liveBelow() {
    return all().mapToLong(ScopeView::live).sum();
  }

  /** The first scope with this path, from here on down. */
  public Optional<ScopeView> find(String path) {
    return all().filter(scope -> scope.path().equals(path)).findFirst();
  }
}
