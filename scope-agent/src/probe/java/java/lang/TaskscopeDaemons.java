// SPDX-License-Identifier: Apache-2.0
package java.lang;

import java.lang.ref.WeakReference;

/**
 * The threads that somebody has made daemons and that are still to start. A thread that a virtual
 * thread creates inherits being a daemon from it; that tells nothing about what it is for.
 */
final class TaskscopeDaemons {
  /** More than are ever between being made and being started; the oldest are forgotten. */
  private static final int KEPT = 256;

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no generics
  private static final WeakReference<Thread>[] DECLARED = new WeakReference[KEPT];

  private static int next; // guarded by the class, as are the elements
  private static int used; // as much of the array as ever was

  private TaskscopeDaemons() {}

  static synchronized void declare(Thread thread, boolean daemon) {
    take(thread);
    if (daemon) {
      DECLARED[next] = new WeakReference<>(thread);
      used = Math.max(used, next + 1);
      next = (next + 1) % KEPT;
    }
  }

  /** Whether it was made a daemon; asked once, when it starts. */
  static synchronized boolean take(Thread thread) {
    boolean found = false;
    for (int i = 0; i < used; i++) {
      if (DECLARED[i] != null && DECLARED[i].refersTo(thread)) {
        DECLARED[i] = null;
        found = true;
      }
    }
    return found;
  }
}
