// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.taskscope.Outcome;
import io.taskscope.Spans;
import io.taskscope.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a task of which only its end tells whether it gets a span, because it has to have
 * failed or to have taken long. Until then it has no ids, and other spans made inside it are
 * children of the span around it: so nothing is ever exported that points to a span which is not.
 *
 * <p>A task that gets a span may have ended before the task around it, which is still undecided.
 * Its span then waits with that task, so that it becomes its child if that gets a span too, and
 * else goes on to the next one above. It waits no longer than {@link #PATIENCE_NANOS}; then its
 * parent is the nearest span there is. How many wait is bounded, too.
 */
final class LateSpan extends TaskTrace {
  /** How long a span waits for the one above it. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int MAX_BELOW_ONE = 64;
  private static final int MAX_WAITING = 4_096;
  private static final AtomicInteger WAITING = new AtomicInteger();

  private enum State {
    /** The task lives. */
    UNDECIDED,
    /** It gets a span, as soon as it is known below which. */
    KEPT,
    /** It has one. */
    MADE,
    /** It gets none. */
    DROPPED
  }

  /** A task that gets a span, and when it lived, in nanoseconds since the epoch. */
  record Ended(
      Task<?> task, Outcome outcome, @Nullable Thread thread, long startNanos, long endNanos) {}

  private final boolean limited;

  // All guarded by this.
  private State state = State.UNDECIDED;
  private @Nullable Context base;
  private @Nullable LateSpan above;
  private @Nullable SpanContext link;
  private @Nullable SpanContext made;
  private @Nullable Ended ended;
  private List<LateSpan> below = List.of();
  private boolean patient = true;

  /**
   * @param base where the span will belong
   * @param above the undecided task around; null if there is none that is nearer than the span in
   *     the base
   * @param link the span it is detached from, if it is
   * @param limited whether the span is made only if the allowance of its timer is not used up
   */
  LateSpan(
      TaskSpanHook owner,
      Context base,
      @Nullable LateSpan above,
      @Nullable SpanContext link,
      boolean limited) {
    super(owner, null, null, false);
    this.base = base;
    this.above = above;
    this.link = link;
    this.limited = limited;
  }

  /** Whether a span found in a context is the one this task would be a child of. */
  synchronized boolean isIn(Span around) {
    return base != null && Span.fromContext(base) == around;
  }

  /** The task has ended, or was given up: does it get a span? Decides once. */
  void decide(Task<?> task, Outcome outcome, boolean worthIt) {
    boolean keep = worthIt && (!limited || owner.ticks().admitFailed(task));
    List<LateSpan> orphans;
    synchronized (this) {
      if (state != State.UNDECIDED) {
        return;
      }
      if (keep) {
        long start = toNanos(task.createdAt());
        long end = start + task.times().age().toNanos();
        ended = new Ended(task, outcome, task.thread().orElse(null), start, end);
        state = State.KEPT;
        orphans = List.of();
      } else {
        state = State.DROPPED;
        orphans = take();
      }
    }
    if (keep) {
      findPlace(this);
    } else {
      orphans.forEach(LateSpan::findPlace);
      synchronized (this) { // whoever comes later through this task need not climb the same way
        above = aboveThatCounts();
        base = null;
      }
    }
  }

  private static long toNanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  private @Nullable LateSpan aboveThatCounts() {
    LateSpan at = above;
    while (at != null && at.isDropped()) {
      at = at.above();
    }
    return at;
  }

  private synchronized boolean isDropped() {
    return state == State.DROPPED;
  }

  private synchronized @Nullable LateSpan above() {
    return above;
  }

  /** Makes the span, or has it wait for the nearest task above that may get one. */
  private static void findPlace(LateSpan kept) {
    for (LateSpan at = kept.above(); at != null; at = at.above()) {
      SpanContext parent;
      synchronized (at) {
        if (at.state == State.DROPPED) {
          continue;
        }
        parent = at.made;
        if (parent == null) {
          if (at.takesIn(kept)) {
            return;
          }
          break;
        }
      }
      make(kept, parent);
      return;
    }
    make(kept, null);
  }

  /** Called with the lock held. */
  private boolean takesIn(LateSpan kept) {
    if (!patient || below.size() == MAX_BELOW_ONE) {
      return false;
    }
    if (WAITING.incrementAndGet() > MAX_WAITING) {
      WAITING.decrementAndGet();
      return false;
    }
    if (below.isEmpty()) {
      below = new ArrayList<>(2);
      Background.after(PATIENCE_NANOS, this::loseItsPatience);
    }
    below.add(kept);
    return true;
  }

  /** What waits here goes on with the spans there are now, and nothing waits here any more. */
  void loseItsPatience() {
    List<LateSpan> waiting;
    synchronized (this) {
      patient = false;
      waiting = take();
    }
    waiting.forEach(LateSpan::findPlaceAmongThoseMade);
  }

  private static void findPlaceAmongThoseMade(LateSpan kept) {
    for (LateSpan at = kept.above(); at != null; at = at.above()) {
      SpanContext parent;
      synchronized (at) {
        parent = at.made;
      }
      if (parent != null) {
        make(kept, parent);
        return;
      }
    }
    make(kept, null);
  }

  /** Called with the lock held. */
  private List<LateSpan> take() {
    List<LateSpan> taken = below;
    below = List.of();
    WAITING.addAndGet(-taken.size());
    return taken;
  }

  /** One that waits, and the span it belongs below; null for the one in its base. */
  private record Next(LateSpan kept, @Nullable SpanContext parent) {}

  /** Makes the span and those that waited for it; a loop, because tasks may be nested deep. */
  private static void make(LateSpan kept, @Nullable SpanContext parent) {
    List<Next> todo = new ArrayList<>();
    todo.add(new Next(kept, parent));
    while (!todo.isEmpty()) {
      Next next = todo.removeLast();
      SpanContext made = next.kept().makeOne(next.parent());
      List<LateSpan> waiting;
      synchronized (next.kept()) {
        waiting = next.kept().take();
      }
      waiting.forEach(child -> todo.add(new Next(child, made)));
    }
  }

  private SpanContext makeOne(@Nullable SpanContext parent) {
    Ended facts;
    Context context;
    SpanContext linked;
    synchronized (this) {
      facts = Objects.requireNonNull(ended);
      context = Objects.requireNonNull(base);
      linked = link;
    }
    if (parent != null) {
      context = context.with(Span.wrap(parent));
    }
    SpanContext own = owner.makeLate(facts, context, linked);
    synchronized (this) { // keeps its ids for those below that are still to come, and nothing else
      made = own;
      state = State.MADE;
      base = null;
      above = null;
      link = null;
      ended = null;
    }
    return own;
  }

  /** Whether a task is worth a span by what the options of its scope say. */
  static boolean isWorthIt(Task<?> task, Outcome outcome) {
    if (outcome instanceof Outcome.Failure || outcome instanceof Outcome.Abandoned) {
      return true;
    }
    Spans spans = task.scope().options().spans();
    return spans.which() == Spans.Which.SLOW
        && task.times().age().compareTo(spans.slowerThan()) >= 0;
  }
}
