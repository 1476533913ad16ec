// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Closes the resources of one scope one after the other on a thread of its own. When one does not
 * come to an end, that thread is interrupted and left to it, and the rest are closed on another.
 */
final class ResourceCloser {
  private final ScopeNode scope;
  private final Deque<Resources.Owned> left;
  private final Runnable wake;
  private final List<ShutdownReport.Resource> results = new ArrayList<>();
  private final int count;
  private boolean unattended;
  private int generation; // of the thread that is in charge
  private Resources.@Nullable Owned current;
  private long currentSince;
  private @Nullable Thread thread;

  /**
   * @param scope that is being closed
   * @param toClose in the order in which to close them
   * @param wake called whenever all are closed
   */
  ResourceCloser(ScopeNode scope, List<Resources.Owned> toClose, Runnable wake) {
    this.scope = scope;
    this.left = new ArrayDeque<>(toClose);
    this.count = toClose.size();
    this.wake = wake;
  }

  synchronized void start() {
    int mine = ++generation;
    Background.callOut(() -> ShutdownCall.onBehalfOf(scope, () -> closeAll(mine)));
  }

  private void closeAll(int mine) {
    for (Resources.Owned next = take(mine, null, null);
        next != null;
        next = take(mine, next, closeOne(next))) {
      // take() does the counting
    }
    wake.run();
  }

  private static @Nullable Throwable closeOne(Resources.Owned owned) {
    try {
      owned.resource().close();
      return null;
    } catch (Throwable error) { // goes into the report
      return error;
    }
  }

  /**
   * Notes how the last one ended, and gives the next one; null if there is none for this thread.
   */
  private synchronized Resources.@Nullable Owned take(
      int mine, Resources.@Nullable Owned closed, @Nullable Throwable error) {
    if (mine != generation) {
      return null;
    }
    if (closed != null && !unattended) {
      note(closed, error, false);
    }
    current = left.poll();
    currentSince = System.nanoTime();
    thread = current == null ? null : Thread.currentThread();
    return current;
  }

  private void note(Resources.Owned owned, @Nullable Throwable error, boolean timedOut) {
    Duration took = Duration.ofNanos(System.nanoTime() - currentSince);
    results.add(new ShutdownReport.Resource(owned.name(), took, error, timedOut));
  }

  synchronized boolean isDone() {
    return results.size() == count;
  }

  /** Waits no longer for the one that is being closed now, and goes on with the rest. */
  synchronized void giveUpCurrent() {
    Resources.Owned stuck = current;
    if (stuck != null) {
      note(stuck, null, true);
      generation++; // if the interrupt ends it after all, it is not noted a second time
      current = null;
      if (thread != null) {
        Interrupts.deliverTo(thread);
      }
    }
    if (!left.isEmpty()) {
      start();
    }
  }

  /** Waits no longer for any. What is left is still closed, but unattended. */
  synchronized void giveUpAll() {
    List<Resources.Owned> rest = List.copyOf(left);
    giveUpCurrent();
    currentSince = System.nanoTime();
    rest.forEach(owned -> note(owned, null, true));
    unattended = true;
  }

  synchronized List<ShutdownReport.Resource> results() {
    return List.copyOf(results);
  }

  int count() {
    return count;
  }
}
