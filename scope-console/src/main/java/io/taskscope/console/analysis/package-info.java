// SPDX-License-Identifier: Apache-2.0
/** What a recording says about the tasks in it: counts, times, stacks and findings by scope. */
@NullMarked
package io.taskscope.console.analysis;

import org.jspecify.annotations.NullMarked;
