// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * What becomes of work that is started indirectly, for instance by a library, from inside a task.
 * Holds for a subtree; see {@link ScopeOptions#adoption}. Beyond {@link #CONTEXT_ONLY} it takes the
 * agent.
 */
public enum Adoption {
  /** Threads started by a task, and what a task submits to a pool, become members. The default. */
  ALL,
  /** Threads become members; what is submitted to a pool only knows its scope. */
  THREADS,
  /** Both know their scope, and neither is a member. */
  CONTEXT_ONLY,
  /** Neither is a member, and pool threads do not know the scope of who submitted. */
  NONE
}
