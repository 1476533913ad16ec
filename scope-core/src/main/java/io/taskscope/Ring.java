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
    long oldest = next;
    for (int i = 0; i < slots.length; i++) {
      int slot = (int) ((oldest + i) % slots.length);
      if ((Object) SLOT.getAndSet(slots, slot, (Object) null) != null) {
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
