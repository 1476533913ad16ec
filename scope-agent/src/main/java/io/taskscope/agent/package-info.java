// SPDX-License-Identifier: Apache-2.0
/**
 * Changes a few methods of the JDK, so that they tell a probe in {@code java.lang} of thread
 * switches, waits, and threads that start and end.
 */
@NullMarked
package io.taskscope.agent;

import org.jspecify.annotations.NullMarked;
