// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks of Taskscope, each next to what the JDK offers for the same job, so that one run gives
 * the ratio. {@code docs/performance.md} says how to run them and what came out.
 */
@NullMarked
package io.taskscope.bench;

import org.jspecify.annotations.NullMarked;
