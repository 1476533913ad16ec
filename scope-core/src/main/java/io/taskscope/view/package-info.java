// SPDX-License-Identifier: Apache-2.0
/**
 * Immutable pictures of the tree: what a scope and its tasks looked like when they were asked. Safe
 * to keep, compare and hand to any thread; they hold no task, thread or result alive.
 */
@NullMarked
package io.taskscope.view;

import org.jspecify.annotations.NullMarked;
