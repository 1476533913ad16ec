// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * How much is kept of the place in the code that created a task. See {@link
 * ScopeOptions#creationSite}.
 */
public enum CreationSite {
  /** Nothing; costs nothing. The default. */
  OFF,
  /** The line that created it, outside of Taskscope; about a microsecond per task. */
  LINE,
  /** The whole stack of the creating thread; several microseconds and some kilobytes per task. */
  STACK
}
