// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.List;

/**
 * A task that was given up.
 *
 * @param id of the task
 * @param path of its scope
 * @param name of the task
 * @param atNanos when, since 1970
 * @param age how old it was, in nanoseconds
 * @param endedLater whether its body ended after all, within the recording
 * @param stack where it stood, the innermost frame first
 */
public record AbandonedTask(
    long id,
    String path,
    String name,
    long atNanos,
    long age,
    boolean endedLater,
    List<String> stack) {}
