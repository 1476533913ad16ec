// SPDX-License-Identifier: Apache-2.0

/** Programs that the tests of the agent start in JVMs of their own, and the soak. */
@NullMarked
package io.taskscope.proof;

import org.jspecify.annotations.NullMarked;
