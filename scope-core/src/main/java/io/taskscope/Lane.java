// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A part of the live tasks of one scope, in the order in which they came in.
 *
 * <p>A task takes the next slot of the newest chunk with one atomic addition, which at the same
 * time counts it and finds out whether the door is open, and whoever {@linkplain TaskRegistry#claim
 * may let it go} clears the slot. Neither takes a lock, so that no processor waits for another one.
 * What is rare does: a new chunk, closing the door, and throwing out chunks that are done.
 *
 * <p>Readers walk from the newest chunk to the oldest without a lock. A chunk that is thrown out
 * keeps its link to the older one, so that a reader standing on it finds its way.
 */
final class Lane {
  private static final int FIRST_CHUNK = 8;
  private static final int LARGEST_CHUNK = 64;

  /** Chunks looked at each time some are thrown out: more than come in between. */
  private static final int SWEPT = 8;

  /** How long closing the door waits for a task that has its number and not its slot. */
  private static final long MAX_ENTERING = TimeUnit.SECONDS.toNanos(1);

  private static final VarHandle SLOT =
      MethodHandles.arrayElementVarHandle(Object[].class).withInvokeExactBehavior();
  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(Chunk.class, "next", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Some tasks that came in one after the other. */
  static final class Chunk {
    /** Set in {@link #next} when no further slot is given away. */
    private static final int SEALED = 1 << 30;

    /** In a slot whose task has left. */
    private static final Object GONE = new Object();

    private static final Chunk NONE = new Chunk(null, 0, 0, null);

    private final @Nullable Lane lane;
    private final long before; // how many tasks came into the lane before this chunk
    private final @Nullable Object[] slots; // null, then a task, then GONE
    private volatile int next; // the slot for the next task; beyond the last one when full
    private int given; // how many slots were given away; guarded by the lane, set when sealed
    private volatile @Nullable Chunk older;
    private @Nullable Chunk newer; // guarded by the lane

    private Chunk(@Nullable Lane lane, long before, int size, @Nullable Chunk older) {
      this.lane = lane;
      this.before = before;
      this.slots = new Object[size];
      this.older = older;
    }

    /** Lets a task go that was claimed. */
    void remove(TaskRun<?> task) {
      SLOT.setRelease(slots, (int) task.slot, GONE);
    }

    /** Throws out some chunks of the same lane that nobody is in any more. */
    void sweep() {
      if (lane != null) {
        lane.sweep();
      }
    }
  }

  private final ScopeNode scope;
  private volatile Chunk newest = Chunk.NONE;
  private @Nullable Chunk oldest; // guarded by this
  private @Nullable Chunk sweepNext; // guarded by this

  Lane(ScopeNode scope) {
    this.scope = scope;
  }

  /** Takes the task in, unless the scope does not admit it now. */
  boolean add(TaskRun<?> task) {
    while (true) {
      Chunk chunk = newest;
      // Looks before it counts, so that refused tasks do not count up for ever.
      if ((int) NEXT.getOpaque(chunk) < chunk.slots.length) {
        int slot = (int) NEXT.getAndAdd(chunk, 1);
        if (slot < chunk.slots.length) {
          put(task, chunk, slot);
          return true;
        }
      }
      synchronized (this) {
        if (!scope.admitsTask()) {
          return false;
        }
        if (newest == chunk) {
          addToNewChunk(task, chunk);
          return true;
        }
      }
    }
  }

  private static void put(TaskRun<?> task, Chunk chunk, int slot) {
    task.chunk = chunk;
    task.slot = (byte) slot;
    SLOT.setRelease(chunk.slots, slot, (Object) task);
  }

  /** Called with the lock held. */
  private void addToNewChunk(TaskRun<?> task, Chunk full) {
    boolean open = scope.state() == ScopeState.OPEN;
    int size = open ? Math.clamp(full.slots.length * 2L, FIRST_CHUNK, LARGEST_CHUNK) : 1;
    Chunk fresh = new Chunk(this, count(full), size, full == Chunk.NONE ? null : full);
    put(task, fresh, 0);
    // Where the door is not simply open, each task has to knock: nobody finds a free slot.
    fresh.given = 1;
    fresh.next = open ? 1 : Chunk.SEALED | 1;
    if (full == Chunk.NONE) {
      oldest = fresh;
    } else {
      full.newer = fresh;
    }
    newest = fresh;
    sweep();
  }

  /**
   * From here on every task has to knock; and when this returns, all that did not are to be seen.
   */
  void seal() {
    Chunk chunk;
    synchronized (this) {
      chunk = newest;
      if (chunk == Chunk.NONE) {
        return; // it has no slot, so that every task has to knock anyway
      }
      if ((chunk.next & Chunk.SEALED) == 0) {
        int given = (int) NEXT.getAndBitwiseOr(chunk, Chunk.SEALED);
        chunk.given = Math.min(given, chunk.slots.length);
      }
    }
    for (Chunk at = chunk; at != null; at = at.older) {
      int given = given(at);
      for (int slot = 0; slot < given; slot++) {
        if ((Object) SLOT.getVolatile(at.slots, slot) == null) {
          awaitEntry(at, slot);
        }
      }
    }
  }

  /** Its thread is between two instructions. */
  private static void awaitEntry(Chunk chunk, int slot) {
    long until = System.nanoTime() + MAX_ENTERING;
    while ((Object) SLOT.getVolatile(chunk.slots, slot) == null && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(1_000);
    }
  }

  /** How many slots of a chunk that is full or sealed have been given away. */
  private synchronized int given(Chunk chunk) {
    return (chunk.next & Chunk.SEALED) == 0 ? chunk.slots.length : chunk.given;
  }

  /** How many tasks have come in. */
  long started() {
    return count(newest);
  }

  private long count(Chunk chunk) {
    int next = chunk.next;
    if ((next & Chunk.SEALED) == 0) {
      return chunk.before + Math.min(next, chunk.slots.length);
    }
    return chunk.before + given(chunk);
  }

  /**
   * Shows the live tasks to the visitor, newest first, without holding a lock.
   *
   * @param visitor false if it has seen enough
   * @return false if the visitor has seen enough
   */
  boolean walk(Predicate<? super TaskRun<?>> visitor) {
    for (Chunk at = newest; at != null; at = at.older) {
      for (int slot = at.slots.length - 1; slot >= 0; slot--) {
        if ((Object) SLOT.getAcquire(at.slots, slot) instanceof TaskRun<?> task
            && !visitor.test(task)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The task that is longest here; null when there is none. */
  synchronized @Nullable TaskRun<?> oldest() {
    Chunk at = oldest;
    while (at != null) {
      TaskRun<?> found = null;
      for (@Nullable Object held : at.slots) {
        if (held instanceof TaskRun<?> task && (found == null || task.id() < found.id())) {
          found = task;
        }
      }
      if (found != null) {
        return found;
      }
      at = at.newer;
    }
    return null;
  }

  /** Looks at a few chunks, each time at the next ones, and throws out those that are done. */
  private synchronized void sweep() {
    for (int i = 0; i < SWEPT; i++) {
      Chunk at = sweepNext == null ? newest.older : sweepNext; // never the newest itself
      if (at == null) {
        return;
      }
      sweepNext = at.older;
      if (isDone(at)) {
        throwOut(at);
      }
    }
  }

  private boolean isDone(Chunk chunk) {
    int given = given(chunk);
    for (int slot = 0; slot < given; slot++) {
      if ((Object) SLOT.getVolatile(chunk.slots, slot) != Chunk.GONE) {
        return false;
      }
    }
    return true;
  }

  private void throwOut(Chunk chunk) {
    Chunk newer = chunk.newer;
    Chunk older = chunk.older;
    if (newer != null) {
      newer.older = older;
    }
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
  }
}
