// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

/**
 * Something that the recording does not know.
 *
 * @param what in a word or two
 * @param sentence what that means for the report, and what to do for a better one
 * @param serious whether numbers in the report are wrong or missing because of it
 */
public record Unknown(String what, String sentence, boolean serious) {}
