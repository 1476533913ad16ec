// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.io.IOException;

/** A file that cannot be read as a recording; the message says why in one line, for people. */
public final class RecordingException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong, naming the file, and what would be right
   */
  public RecordingException(String message) {
    super(message);
  }
}
