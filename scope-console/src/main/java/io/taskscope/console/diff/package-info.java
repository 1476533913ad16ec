// SPDX-License-Identifier: Apache-2.0
/** Compares two recordings, scope by scope. */
@NullMarked
package io.taskscope.console.diff;

import org.jspecify.annotations.NullMarked;
