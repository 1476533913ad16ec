// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.io.Serial;

/** Thrown when a scope that is shutting down, or is closed, is asked to take in something new. */
public final class ScopeClosedException extends IllegalStateException {
  @Serial private static final long serialVersionUID = 1L;

  ScopeClosedException(String message) {
    super(message);
  }
}
