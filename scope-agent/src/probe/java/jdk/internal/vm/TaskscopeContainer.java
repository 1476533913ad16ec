// SPDX-License-Identifier: Apache-2.0
package jdk.internal.vm;

import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A task scope as the JDK's thread dumps see it. Keeps no list of threads of its own: the scope
 * knows its tasks, and they know their threads.
 */
public final class TaskscopeContainer extends ThreadContainer {
  private final String name;
  private final Supplier<ThreadContainer> parent;
  private final Supplier<Stream<Thread>> members;

  /** The container of one scope; the parent is null for that of a root. */
  public TaskscopeContainer(
      String name, Supplier<ThreadContainer> parent, Supplier<Stream<Thread>> members) {
    super(true);
    this.name = name;
    this.parent = parent;
    this.members = members;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Thread owner() {
    return null;
  }

  @Override
  public ThreadContainer parent() {
    ThreadContainer above = parent.get();
    return above == null ? ThreadContainers.root() : above;
  }

  /** Those that are not shown elsewhere: started in a scope or task executor of the JDK's own. */
  @Override
  public Stream<Thread> threads() {
    return members
        .get()
        .filter(thread -> ThreadContainers.container(thread) instanceof TaskscopeContainer);
  }
}
