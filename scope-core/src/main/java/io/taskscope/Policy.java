// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/** What a failed task means to its scope. */
public enum Policy {
  /**
   * The failure goes to the {@linkplain ScopeOptions#onFailure failure handlers}; siblings go on.
   * The default of {@link TaskScope#root} and {@link TaskScope#child}.
   */
  SUPERVISE,
  /**
   * The first failure cancels the siblings and {@link TaskScope#join} throws it. The default of
   * {@link TaskScope#open}.
   */
  FAIL_FAST
}
