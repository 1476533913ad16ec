// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which task a thread was in at a moment. Called tasks nest. Samples may come a little after the
 * end of the task they belong to, so the last task that ended on a thread is remembered for a
 * while. Bounded; not thread-safe.
 */
final class ThreadTasks {
  private static final int MOST_DEEP = 64;

  private final int mostThreads;
  private final Map<Long, Frame> current = new HashMap<>();
  private final Map<Long, Frame> ended;

  /** One task on a thread, and the one that called it. */
  static final class Frame {
    final long taskId;
    final String path;
    final Instant start;
    @Nullable Frame outer;
    @Nullable Instant end;

    Frame(long taskId, String path, Instant start) {
      this.taskId = taskId;
      this.path = path;
      this.start = start;
    }
  }

  ThreadTasks(int mostThreads) {
    this.mostThreads = mostThreads;
    this.ended =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Frame> eldest) {
            return size() > mostThreads;
          }
        };
  }

  /**
   * A task is on a thread since then.
   *
   * @param outermost whether it cannot have been called by another task on the thread
   * @return false if there are too many threads
   */
  boolean begin(long threadId, long taskId, String path, Instant start, boolean outermost) {
    Frame top = current.get(threadId);
    if (top == null && current.size() >= mostThreads) {
      return false;
    }
    Frame frame = new Frame(taskId, path, start);
    if (top == null || outermost) {
      current.put(threadId, frame);
      return true;
    }
    int depth = 0;
    Frame inner = null;
    for (Frame at = top; at != null; at = at.outer) {
      if (at.taskId == taskId) {
        return true; // told twice, at its start and as one that lives
      }
      if (++depth >= MOST_DEEP) {
        at.outer = null; // whose ends were not recorded
      }
      if (at.start.isAfter(start)) {
        inner = at; // live tasks are told in any order
      }
    }
    if (inner == null) {
      frame.outer = top;
      current.put(threadId, frame);
    } else {
      frame.outer = inner.outer;
      inner.outer = frame;
    }
    return true;
  }

  /** A task has ended, and with it all it had called whose end was not told. */
  void end(long threadId, long taskId, Instant end) {
    Frame top = current.get(threadId);
    for (Frame at = top; at != null; at = at.outer) {
      if (at.taskId == taskId) {
        at.end = end;
        if (at.outer == null) {
          current.remove(threadId);
        } else {
          current.put(threadId, at.outer);
        }
        at.outer = null;
        ended.remove(threadId); // so that it is the youngest again
        ended.put(threadId, at);
        return;
      }
    }
  }

  /** The path of the innermost task a thread was in; null if it was in none that is known. */
  @Nullable String pathAt(long threadId, Instant when) {
    Frame last = ended.get(threadId);
    if (last != null && last.end != null && !when.isBefore(last.start) && !when.isAfter(last.end)) {
      return last.path;
    }
    Frame at = current.get(threadId);
    while (at != null && when.isBefore(at.start)) {
      at = at.outer;
    }
    return at == null ? null : at.path;
  }
}
