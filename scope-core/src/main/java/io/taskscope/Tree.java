// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What all scopes of one tree share.
 *
 * @param clock what timers, deadlines and time limits go by
 * @param keptHistory how many finished tasks all histories of the tree keep together
 * @param abandonedAlive tasks that were given up and whose bodies go on; their threads hold them
 *     anyway
 */
record Tree(TaskClock clock, AtomicInteger keptHistory, Set<TaskRun<?>> abandonedAlive) {

  static Tree of(@Nullable ScopeNode parent, ScopeOptions options) {
    if (parent != null) {
      return parent.tree();
    }
    TaskClock clock = options.clock;
    return new Tree(
        clock == null ? TaskClock.system() : clock,
        new AtomicInteger(),
        ConcurrentHashMap.newKeySet());
  }
}
