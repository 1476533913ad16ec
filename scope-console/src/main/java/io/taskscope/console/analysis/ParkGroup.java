// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.List;

/**
 * Waits of the tasks of one scope that had the same reason, stack and class of what was waited for.
 *
 * @param path of the scope
 * @param reason as {@code park} or {@code monitor_enter}
 * @param blocker the class of what was waited for; empty where it is not known
 * @param waits how many, and how long
 * @param longestTask the id of the task that waited longest
 * @param stack where, the innermost frame first; empty where it is not known
 */
public record ParkGroup(
    String path,
    String reason,
    String blocker,
    Tally waits,
    long longestTask,
    List<String> stack) {}
