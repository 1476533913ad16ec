// SPDX-License-Identifier: Apache-2.0
/** The {@code taskscope} command line: reports, comparisons and replays of recordings. */
@NullMarked
package io.taskscope.console;

import org.jspecify.annotations.NullMarked;
