// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by {@link TaskScope#race}: in the mode {@code FIRST_SUCCESS} when every body has failed,
 * with every error as suppressed; in the mode {@code FIRST_RESULT} when the first result was a
 * checked exception, which is the cause.
 */
public final class RaceFailedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  RaceFailedException(String message, @Nullable Throwable cause, List<Throwable> errors) {
    super(message, cause);
    errors.forEach(this::addSuppressed);
  }
}
