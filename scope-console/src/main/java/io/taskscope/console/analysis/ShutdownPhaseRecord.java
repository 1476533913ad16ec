// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

/**
 * A phase of the shutdown of a scope.
 *
 * @param path of the scope
 * @param phase drain, cancel or resources
 * @param result clean, cancelled or abandoned
 * @param startNanos when it began, since 1970
 * @param nanos how long it took
 * @param atStart live tasks, or open resources, when it began
 * @param atEnd those left when it ended
 */
public record ShutdownPhaseRecord(
    String path,
    String phase,
    String result,
    long startNanos,
    long nanos,
    long atStart,
    long atEnd) {}
