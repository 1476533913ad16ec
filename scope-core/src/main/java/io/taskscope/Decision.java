// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/** What a {@link FailureHandler} decides about the failure of a task. */
public enum Decision {
  /** The failure has been dealt with; no one else is asked. */
  HANDLED,
  /** The handler of the parent scope is asked, and at the top of the tree the failure is logged. */
  ESCALATE,
  /** Dealt with, and the scope whose handler answers this is shut down with its own time limits. */
  CLOSE_SCOPE
}
