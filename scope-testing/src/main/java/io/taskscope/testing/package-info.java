// SPDX-License-Identifier: Apache-2.0
/**
 * For tests of code that uses Taskscope. {@link io.taskscope.testing.TaskscopeExtension} makes
 * trees, shuts them down after each test and checks that nothing was lost or left behind; {@link
 * io.taskscope.testing.TestClock} moves timers and time limits without sleeping; {@link
 * io.taskscope.testing.TreeAssertions} says what a tree or a shutdown report should look like.
 */
@NullMarked
package io.taskscope.testing;

import org.jspecify.annotations.NullMarked;
