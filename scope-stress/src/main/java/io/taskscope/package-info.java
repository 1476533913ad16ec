// SPDX-License-Identifier: Apache-2.0
/** Races in the bookkeeping of the tree; in the package of the core to reach its inside. */
@NullMarked
package io.taskscope;

import org.jspecify.annotations.NullMarked;
