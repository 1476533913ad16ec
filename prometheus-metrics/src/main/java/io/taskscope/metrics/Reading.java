// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.hook.HookStatus;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.Statistics;
import java.util.List;
import java.util.Map;

/**
 * Everything that is read rather than recorded, as of one moment.
 *
 * @param number counts the readings; a path that was first seen with an equal or higher number may
 *     have been opened too late to be in this one
 * @param statistics of all paths
 * @param gone the last counts of paths that have series and are not listed any more
 * @param findings by path and kind
 * @param hooks how hooks are doing
 * @param dropped by signal and reason
 */
record Reading(
    long number,
    Statistics statistics,
    List<PathStatistics> gone,
    Map<List<String>, Long> findings,
    List<HookStatus> hooks,
    Map<List<String>, Long> dropped) {}
