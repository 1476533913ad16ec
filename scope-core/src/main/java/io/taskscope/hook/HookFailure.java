// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

/**
 * Something a hook has thrown.
 *
 * @param hook the name of the class of the hook
 * @param method the name of the method that has thrown
 * @param count how many failures this stands for: more than 1 where several steps in a row have
 *     failed before it could be told
 * @param error what was thrown last
 * @param quarantined whether the hook has failed too often in a row, and is not called again
 */
public record HookFailure(
    String hook, String method, long count, Throwable error, boolean quarantined) {}
