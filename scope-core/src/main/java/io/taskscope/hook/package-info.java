// SPDX-License-Identifier: Apache-2.0
/**
 * Where telemetry and other instruments connect to the tree: implement {@link
 * io.taskscope.hook.TaskHook} and register it with {@link io.taskscope.hook.Hooks} or with {@link
 * io.taskscope.ScopeOptions#hook}.
 */
@NullMarked
package io.taskscope.hook;

import org.jspecify.annotations.NullMarked;
