// SPDX-License-Identifier: Apache-2.0
/**
 * The tree of scopes and tasks at a point in time, from whatever knows it: {@link
 * io.taskscope.console.replay.TreeSource} is what views are fed from.
 */
@NullMarked
package io.taskscope.console.replay;

import org.jspecify.annotations.NullMarked;
