// SPDX-License-Identifier: Apache-2.0
/**
 * One tree of task scopes for a service: {@link io.taskscope.TaskScope} is a node, {@link
 * io.taskscope.Task} a unit of work in it.
 *
 * <p>A scope counts, names, cancels and shuts down whatever runs inside it. Everything a task
 * starts knows where it came from: {@link io.taskscope.TaskScope#current()} answers in the threads
 * a task starts, too.
 */
@NullMarked
package io.taskscope;

import org.jspecify.annotations.NullMarked;
