// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last so many elements. Adding takes no lock, because every task that ends adds one, and
 * tasks must not wait for each other here.
 */
final class Ring<E> {
  private static final VarHandle SLOT =
      MethodHandles.arrayElementVarHandle(Object[].class).withInvokeExactBehavior();
  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(Ring.class, "next", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Object[] slots;
  private volatile long next; // how many have been added
  private volatile long oldest; // where to look first for one to drop; a guess

  Ring(int size) {
    slots = new Object[size];
  }

  /** Adds one, in place of the oldest if all places are taken; true if it has taken a free one. */
  boolean add(E element) {
    long at = (long) NEXT.getAndAdd(this, 1L);
    return (Object) SLOT.getAndSet(slots, (int) (at % slots.length), (Object) element) == null;
  }

  /** Frees the place of the oldest; false if there is none. */
  boolean dropOldest() {
    long first = Math.max(oldest, next - slots.length);
    for (long at = first; at < first + slots.length; at++) {
      if ((Object) SLOT.getAndSet(slots, (int) (at % slots.length), (Object) null) != null) {
        oldest = at + 1; // else dropping all of them one by one would pass the free ones each time
        return true;
      }
    }
    return false;
  }

  /** Frees all places; says how many were taken. */
  int clear() {
    int taken = 0;
    for (int slot = 0; slot < slots.length; slot++) {
      if ((Object) SLOT.getAndSet(slots, slot, (Object) null) != null) {
        taken++;
      }
    }
    return taken;
  }

  boolean isEmpty() {
    for (int slot = 0; slot < slots.length; slot++) {
      if ((Object) SLOT.getAcquire(slots, slot) != null) {
        return false;
      }
    }
    return true;
  }

  /** What is there, the newest first. */
  @SuppressWarnings("unchecked") // only E are added
  List<E> newestFirst() {
    List<E> found = new ArrayList<>();
    long newest = next - 1 + slots.length;
    for (int i = 0; i < slots.length; i++) {
      Object element = (Object) SLOT.getAcquire(slots, (int) ((newest - i) % slots.length));
      if (element != null) {
        found.add((E) element);
      }
    }
    return found;
  }
}
