// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What all scopes of one tree share.
 *
 * @param clock what timers, deadlines and time limits go by
 * @param history how many finished tasks the histories of the tree may keep together
 * @param abandonedAlive tasks that were given up and whose bodies go on; their threads hold them
 *     anyway
 * @param failureLog where failures go that no handler takes
 */
record Tree(
    TaskClock clock, HistoryBudget history, Set<TaskRun<?>> abandonedAlive, FailureLog failureLog) {

  static Tree of(@Nullable ScopeNode parent, ScopeOptions options) {
    if (parent != null) {
      return parent.tree();
    }
    TaskClock clock = options.clock;
    return new Tree(
        clock == null ? TaskClock.system() : clock,
        new HistoryBudget(),
        ConcurrentHashMap.newKeySet(),
        new FailureLog(FailureLog.WINDOW));
  }
}
