// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.io.Serial;

/** The request cannot be answered as it is: 400. */
final class BadRequestException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  BadRequestException(String message) {
    super(message);
  }
}
