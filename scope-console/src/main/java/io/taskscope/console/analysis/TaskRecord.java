// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

/**
 * A task as a recording knows it. Times are nanoseconds.
 *
 * @param id unique in the JVM
 * @param parentId the task that created it; 0 for none
 * @param path of its scope
 * @param name of the task
 * @param outcome as {@code success}; empty while it lives
 * @param errorClass of its failure; empty for none
 * @param startNanos when it began, since 1970
 * @param age how long it was, or has been, from its creation
 * @param queued time waiting for a carrier
 * @param running time on a carrier
 * @param parked time waiting for something else
 * @param steps how often it was put on a carrier; 0 without the agent
 */
public record TaskRecord(
    long id,
    long parentId,
    String path,
    String name,
    String outcome,
    String errorClass,
    long startNanos,
    long age,
    long queued,
    long running,
    long parked,
    long steps) {}
