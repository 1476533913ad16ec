// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

/**
 * Failures of one method of one hook.
 *
 * @param hook its class
 * @param method that threw
 * @param error class and message of the first
 * @param stack of the first, a frame a line
 * @param count how many
 * @param quarantined whether it was taken out
 */
public record HookFailureRecord(
    String hook, String method, String error, String stack, long count, boolean quarantined) {}
