// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.io.Serial;

/**
 * Thrown by {@link TaskScope#join} when a task of the scope has failed, or its deadline passed. The
 * first error is the {@linkplain #getCause() cause}; later ones are suppressed.
 */
public final class TaskFailedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  TaskFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
