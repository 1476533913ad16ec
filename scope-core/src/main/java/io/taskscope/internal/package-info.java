// SPDX-License-Identifier: Apache-2.0
/** How the tree works inside. Not exported, and free to change in any release. */
@NullMarked
package io.taskscope.internal;

import org.jspecify.annotations.NullMarked;
