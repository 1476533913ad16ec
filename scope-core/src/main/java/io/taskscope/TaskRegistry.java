// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.OutcomeCounts;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live tasks of one scope and its exact counts. Split into stripes with a lock each, so that
 * many processors can spawn into one scope; admission is decided under the stripe's lock, so that
 * after {@link #barrier} a change of the scope's state holds for every task.
 */
final class TaskRegistry {
  /** One for a block, which is short-lived and mostly fed by one thread. */
  static final int BLOCK_STRIPES = 1;

  /** Two per processor keep collisions rare; beyond 32 the memory is better spent elsewhere. */
  static final int LONG_LIVED_STRIPES =
      Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 2, 32));

  private static final class Stripe extends MemberList<TaskRun<?>> {
    // All guarded by this.
    long started;
    long success;
    long failure;
    long cancelled;
    long abandoned;
    int exempt;

    void count(Outcome.Kind kind) {
      switch (kind) {
        case SUCCESS -> success++;
        case FAILURE -> failure++;
        case CANCELLED -> cancelled++;
        case ABANDONED -> abandoned++;
      }
    }
  }

  private final ScopeNode scope;
  private final Stripe[] stripes;

  TaskRegistry(ScopeNode scope, int stripeCount) {
    this.scope = scope;
    stripes = new Stripe[stripeCount];
    for (int i = 0; i < stripeCount; i++) {
      stripes[i] = new Stripe();
    }
  }

  private Stripe stripeOf(TaskRun<?> task) {
    return stripes[(int) task.id() & (stripes.length - 1)]; // ids are dense, so neighbours spread
  }

  /** Takes the task in, unless the scope does not admit it now. */
  boolean add(TaskRun<?> task) {
    Stripe stripe = stripeOf(task);
    synchronized (stripe) {
      if (!scope.admitsTask()) {
        return false;
      }
      stripe.link(task);
      stripe.started++;
    }
    return true;
  }

  /**
   * Lets the task go, and counts how it ended. The first call decides; later ones change nothing.
   */
  Departure remove(TaskRun<?> task, Outcome.Kind kind) {
    Stripe stripe = stripeOf(task);
    synchronized (stripe) {
      if (task.left) {
        return Departure.WAS_GONE;
      }
      stripe.unlink(task);
      stripe.count(kind);
      if (task.exempt) {
        task.exempt = false;
        stripe.exempt--;
      }
      task.left = true;
      return stripe.size() == stripe.exempt ? Departure.MAYBE_LAST : Departure.OTHERS_STAY;
    }
  }

  /** What the departure of a task means to those who wait for the scope to be quiet. */
  enum Departure {
    /** It had left before. */
    WAS_GONE,
    /** The scope is not quiet. */
    OTHERS_STAY,
    /** The scope may be quiet now. */
    MAYBE_LAST
  }

  /** From now on {@link #isQuiet} does not wait for this task, which itself waits for the scope. */
  void exempt(TaskRun<?> task) {
    Stripe stripe = stripeOf(task);
    synchronized (stripe) {
      if (!task.exempt && !task.hasLeft()) {
        task.exempt = true;
        stripe.exempt++;
      }
    }
  }

  /** The opposite of {@link #exempt}, when the task waits no longer. */
  void unexempt(TaskRun<?> task) {
    Stripe stripe = stripeOf(task);
    synchronized (stripe) {
      if (task.exempt) {
        task.exempt = false;
        stripe.exempt--;
      }
    }
  }

  /** Whether no task is live, but for those that wait for this very scope. */
  boolean isQuiet() {
    long before = stripes.length == 1 ? 0 : started();
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        if (stripe.size() != stripe.exempt) {
          return false;
        }
      }
    }
    // One may have come into a stripe that was looked at before, from one that was not. Whoever
    // waits is woken when that one leaves.
    return stripes.length == 1 || before == started();
  }

  /** When this returns, no {@link #add} is under way that saw an older state of the scope. */
  void barrier() {
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        stripe.size(); // being in here is the point
      }
    }
  }

  void forEach(Consumer<? super TaskRun<?>> visitor) {
    for (Stripe stripe : stripes) {
      stripe.forEach(visitor);
    }
  }

  /** How many tasks have come in since the scope was made. */
  long started() {
    long started = 0;
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        started += stripe.started;
      }
    }
    return started;
  }

  /** The counts of one moment; {@code started = finished.total() + live} holds exactly. */
  record Counts(long live, long waitedFor, long started, OutcomeCounts finished) {}

  Counts counts() {
    long live = 0;
    long exempt = 0;
    long started = 0;
    OutcomeCounts finished = OutcomeCounts.NONE;
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        live += stripe.size();
        exempt += stripe.exempt;
        started += stripe.started;
        finished =
            finished.plus(
                new OutcomeCounts(
                    stripe.success, stripe.failure, stripe.cancelled, stripe.abandoned));
      }
    }
    return new Counts(live, live - exempt, started, finished);
  }

  /** The task that is longest in the scope; null when there is none. */
  @Nullable TaskRun<?> oldest() {
    TaskRun<?> oldest = null;
    for (Stripe stripe : stripes) {
      TaskRun<?> candidate;
      synchronized (stripe) {
        candidate = stripe.oldest();
      }
      if (candidate != null && (oldest == null || candidate.id() < oldest.id())) {
        oldest = candidate;
      }
    }
    return oldest;
  }
}
