// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.io.IOException;
import java.io.Serial;
import java.util.Optional;

/** The demo cannot start. The message is one line for the user, with the value that is wrong. */
final class StartException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  StartException(String message) {
    super(message);
  }

  StartException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A port that cannot be listened on. */
  static StartException port(String option, int port, IOException cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new StartException(
        "cannot listen on port %s (%s): choose another one with %s, or any free one with %s 0"
            .formatted(
                port,
                Optional.ofNullable(root.getMessage()).orElse(root.toString()),
                option,
                option),
        cause);
  }
}
