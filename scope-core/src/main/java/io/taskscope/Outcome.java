// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.Creator;
import java.util.List;
import java.util.Locale;

/** How a task ended. A task gets exactly one outcome, and it never changes. */
public sealed interface Outcome {

  /** Which of the four it is, for counting and labelling. */
  Kind kind();

  /** The kinds of outcome. */
  enum Kind {
    /** {@link Success}. */
    SUCCESS,
    /** {@link Failure}. */
    FAILURE,
    /** {@link Cancelled}. */
    CANCELLED,
    /** {@link Abandoned}. */
    ABANDONED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /**
     * The value of the {@code outcome} label and attribute in all telemetry: the name in lower
     * case.
     */
    public String label() {
      return label;
    }
  }

  /** The body returned; its result is kept by the {@link Task}, not here. */
  record Success() implements Outcome {
    static final Success INSTANCE = new Success();

    @Override
    public Kind kind() {
      return Kind.SUCCESS;
    }
  }

  /**
   * The body threw.
   *
   * @param error what it threw
   */
  record Failure(Throwable error) implements Outcome {
    @Override
    public Kind kind() {
      return Kind.FAILURE;
    }
  }

  /**
   * The task was cancelled before its body ended, and the body then ended in whatever way follows
   * from it: it returned, or threw an {@link InterruptedException} or another sign of cancellation.
   *
   * @param reason why, as given by the canceller
   * @param by who: the task that cancelled it, or the thread, or what else
   * @param cancellers the task that cancelled it and those that one came from, the nearest first;
   *     empty if it was not a task
   */
  record Cancelled(String reason, String by, List<Creator> cancellers) implements Outcome {
    /** Keeps an immutable copy of the list. */
    public Cancelled {
      cancellers = List.copyOf(cancellers);
    }

    static Cancelled byCaller(String reason) {
      TaskRun<?> task = Context.ownTask();
      return task != null
          ? by(task, reason)
          : new Cancelled(reason, "thread \"" + Thread.currentThread().getName() + "\"", List.of());
    }

    static Cancelled by(TaskRun<?> task, String reason) {
      return new Cancelled(reason, task.toString(), task.lineage());
    }

    @Override
    public Kind kind() {
      return Kind.CANCELLED;
    }
  }

  /**
   * The task did not end although it was interrupted, and its scope went on without it.
   *
   * @param stack where its thread stood at that moment, innermost frame first; empty when it could
   *     not be told
   */
  record Abandoned(List<StackTraceElement> stack) implements Outcome {
    /** Keeps an immutable copy of the stack. */
    public Abandoned {
      stack = List.copyOf(stack);
    }

    @Override
    public Kind kind() {
      return Kind.ABANDONED;
    }
  }
}
