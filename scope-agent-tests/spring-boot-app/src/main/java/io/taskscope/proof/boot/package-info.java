// SPDX-License-Identifier: Apache-2.0

/** An application as its users write them. */
@NullMarked
package io.taskscope.proof.boot;

import org.jspecify.annotations.NullMarked;
