// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.jspecify.annotations.Nullable;

/**
 * An element that carries its own links, so that being in a {@link MemberList} costs no allocation.
 */
abstract sealed class Member permits ScopePlace {
  /** Towards older members. Volatile because readers follow it without the lock. */
  volatile @Nullable Member older;

  /** Towards newer members. Guarded by the list's lock. */
  @Nullable Member newer;
}
