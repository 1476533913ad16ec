// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks live, and which of them each thread is in: the innermost of those that have begun on
 * it and not ended. That task is the one that events of the JDK on the thread belong to.
 *
 * <p>Bounded by the tasks that live at once; beyond a limit new ones are left out and counted.
 */
final class LiveTasks {
  private static final int MAX_LIVE = 1_000_000;
  private static final int RECENT = 1 << 14;

  private final LongMap<LiveTask> byId = new LongMap<>();
  private final LongMap<LiveTask> byThread = new LongMap<>();
  private final long[] recentlyEnded = new long[RECENT];
  private long leftOut;

  @Nullable LiveTask get(long id) {
    return byId.get(id);
  }

  boolean endedJustNow(long id) {
    return recentlyEnded[(int) id & (RECENT - 1)] == id;
  }

  void begin(LiveTask task) {
    if (byId.size() >= MAX_LIVE) {
      leftOut++;
      return;
    }
    byId.put(task.id, task);
    if (task.thread != 0) {
      place(task);
    }
  }

  /** Live tasks are told in any order: the one created later is inside the other. */
  private void place(LiveTask task) {
    LiveTask inner = current(task.thread);
    if (inner == null || inner.id < task.id) {
      task.outer = inner;
      byThread.put(task.thread, task);
      return;
    }
    while (inner.outer != null && inner.outer.id > task.id) {
      inner = inner.outer;
    }
    task.outer = inner.outer;
    inner.outer = task;
  }

  void end(LiveTask task) {
    task.ended = true;
    recentlyEnded[(int) task.id & (RECENT - 1)] = task.id;
    byId.remove(task.id);
    if (task.thread != 0 && byThread.get(task.thread) == task) {
      LiveTask outer = task.outer;
      while (outer != null && outer.ended) {
        outer = outer.outer;
      }
      if (outer == null) {
        byThread.remove(task.thread);
      } else {
        byThread.put(task.thread, outer);
      }
    }
  }

  /** The task that the thread is in; null for none. */
  @Nullable LiveTask current(long thread) {
    LiveTask task = byThread.get(thread);
    while (task != null && task.ended) {
      task = task.outer;
    }
    return task;
  }

  List<LiveTask> all() {
    return byId.values();
  }

  long leftOut() {
    return leftOut;
  }
}
