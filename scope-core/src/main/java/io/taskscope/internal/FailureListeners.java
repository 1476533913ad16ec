// SPDX-License-Identifier: Apache-2.0
package io.taskscope.internal;

import io.taskscope.hook.HookFailure;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who is told when a hook throws. */
public final class FailureListeners {
  private static final List<Consumer<HookFailure>> LISTENERS = new CopyOnWriteArrayList<>();

  private FailureListeners() {}

  /** See {@code Hooks.addFailureListener}. */
  public static void add(Consumer<HookFailure> listener) {
    LISTENERS.add(listener);
  }

  /** See {@code Hooks.removeFailureListener}. */
  public static void remove(Consumer<HookFailure> listener) {
    LISTENERS.remove(listener);
  }

  /** Tells all; what they throw in turn is nobody's business. */
  static void tell(HookEntry entry, HookMethod method, long count, Throwable error) {
    if (LISTENERS.isEmpty()) {
      return;
    }
    HookFailure failure =
        new HookFailure(entry.name(), method.methodName, count, error, entry.isQuarantined());
    for (Consumer<HookFailure> listener : LISTENERS) {
      try {
        listener.accept(failure);
      } catch (Throwable broken) {
        // The failure is counted and logged already, and a second one would tell nothing new.
      }
    }
  }
}
