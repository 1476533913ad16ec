// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

import io.taskscope.internal.FailureListeners;
import io.taskscope.internal.HookRegistry;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** The hooks of the whole JVM. Hooks for one subtree are given with {@code ScopeOptions.hook}. */
public final class Hooks {
  private Hooks() {}

  /**
   * Registers a hook for every scope, those that exist and those to come. It is told of tasks
   * created from now on. Registering the same hook twice makes it be called twice.
   *
   * @return closing it takes the hook out
   */
  public static HookRegistration add(TaskHook hook) {
    return HookRegistry.add(hook);
  }

  /**
   * Has someone told whenever a hook throws, those of subtrees included. Called on the thread on
   * which the hook has failed, or for a step a moment later on another one; must neither block nor
   * be slow. What the listener throws is ignored.
   */
  public static void addFailureListener(Consumer<HookFailure> listener) {
    FailureListeners.add(Objects.requireNonNull(listener, "listener"));
  }

  /** Undoes one {@link #addFailureListener}; does nothing if the listener is not there. */
  public static void removeFailureListener(Consumer<HookFailure> listener) {
    FailureListeners.remove(listener);
  }

  /**
   * How hooks are doing, one entry per hook class, those of subtrees included: every class that is
   * registered for the JVM or has ever failed, sorted by name.
   */
  public static List<HookStatus> status() {
    return HookRegistry.status();
  }
}
