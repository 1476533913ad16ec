// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A doubly linked list that is changed under its own lock and read without it, so that walking a
 * million members stops nobody.
 *
 * <p>New members go to the head, and a reader walks from the head towards older members. A member
 * that is removed while readers are about keeps its link to the older one, so that a reader
 * standing on it finds its way; when the last reader is done the link is cut, so that a removed
 * member keeps no other one in memory.
 *
 * <p>A reader sees every member that was there during its whole walk exactly once, and may or may
 * not see those that come or go meanwhile.
 */
class MemberList<E extends Member> {
  private volatile @Nullable Member newest;
  private @Nullable Member oldest; // guarded by this
  private int readers; // guarded by this
  private int size; // guarded by this
  private List<Member> removedDuringReading = new ArrayList<>(); // guarded by this

  /** Adds a member. The caller holds the lock of this list. */
  final void link(E member) {
    Member head = newest;
    member.older = head;
    if (head == null) {
      oldest = member;
    } else {
      head.newer = member;
    }
    newest = member;
    size++;
  }

  /** Removes a member that is in the list. The caller holds the lock of this list. */
  final void unlink(E member) {
    Member older = member.older;
    Member newer = member.newer;
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    member.newer = null;
    if (readers == 0) {
      member.older = null;
    } else {
      removedDuringReading.add(member);
    }
    size--;
  }

  /** How many members there are. The caller holds the lock of this list. */
  final int size() {
    return size;
  }

  /** Whether there is no member right now; takes no lock. */
  final boolean isEmpty() {
    return newest == null;
  }

  /** The member that is longest in the list. The caller holds the lock of this list. */
  @SuppressWarnings("unchecked") // only E are linked
  final @Nullable E oldest() {
    return (E) oldest;
  }

  /** Shows each member to the visitor, newest first, without holding the lock. */
  @SuppressWarnings("unchecked") // only E are linked
  final void forEach(Consumer<? super E> visitor) {
    synchronized (this) {
      if (size == 0) {
        return;
      }
      readers++;
    }
    try {
      for (Member at = newest; at != null; at = at.older) {
        visitor.accept((E) at);
      }
    } finally {
      synchronized (this) {
        if (--readers == 0 && !removedDuringReading.isEmpty()) {
          removedDuringReading.forEach(member -> member.older = null);
          removedDuringReading = new ArrayList<>();
        }
      }
    }
  }
}
