// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Shows scopes as thread containers in the JDK's thread dumps; takes the agent. */
final class ScopeContainers {
  /**
   * What the agent brings.
   *
   * @param create makes a container from its name, its parent's container, and its live threads
   * @param start starts a thread in a container
   */
  record Maker(Function<Object[], Object> create, BiConsumer<Thread, Object> start) {}

  static volatile @Nullable Maker maker;

  private ScopeContainers() {}

  @SuppressWarnings("unchecked") // part of the protocol
  static @Nullable Maker makerFrom(@Nullable Object answer) {
    return answer instanceof Object[] both
        ? new Maker((Function<Object[], Object>) both[0], (BiConsumer<Thread, Object>) both[1])
        : null;
  }

  /** The container of a scope; null without the agent. */
  static @Nullable Object of(ScopeNode scope) {
    Maker agent = maker;
    if (agent == null) {
      return null;
    }
    Object container = scope.container;
    if (container == null) {
      Supplier<@Nullable Object> parent =
          () -> {
            ScopeNode above = scope.above();
            return above == null ? null : of(above);
          };
      Supplier<Stream<Thread>> threads = () -> threads(scope);
      container = agent.create.apply(new Object[] {"taskscope " + scope.path(), parent, threads});
      scope.container = container; // made twice in a race, one of which stays: they look the same
    }
    return container;
  }

  private static Stream<Thread> threads(ScopeNode scope) {
    return scope.tasks().stream().flatMap(task -> task.thread().stream()).distinct();
  }

  /** The containers of all scopes that are not closed, for a dump. */
  static List<Object> all() {
    return TaskScope.roots().stream()
        .flatMap(root -> ((ScopeNode) root).subtree().stream())
        .map(ScopeContainers::of)
        .filter(container -> container != null)
        .toList();
  }

  /** Starts the thread of a task of this scope. */
  static void start(Thread thread, ScopeNode scope) {
    Maker agent = maker;
    Object container = agent == null ? null : of(scope);
    if (agent == null || container == null) {
      thread.start();
    } else {
      agent.start.accept(thread, container);
    }
  }
}
