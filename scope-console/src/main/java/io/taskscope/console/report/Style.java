// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import io.taskscope.view.Finding.Severity;

/**
 * Colours on a terminal, nothing elsewhere.
 *
 * @param colors whether there are colours
 */
public record Style(boolean colors) {
  /**
   * {@return the text made to stand out}
   *
   * @param text any
   */
  public String bold(String text) {
    return wrap("1", text);
  }

  /**
   * {@return the text made to stand back}
   *
   * @param text any
   */
  public String faint(String text) {
    return wrap("2", text);
  }

  /**
   * {@return the severity as a word in its colour}
   *
   * @param severity of a finding
   */
  public String severity(Severity severity) {
    String word = "%-7s".formatted(severity);
    return switch (severity) {
      case ERROR -> wrap("1;31", word);
      case WARNING -> wrap("1;33", word);
      case INFO -> wrap("1;36", word);
    };
  }

  private String wrap(String code, String text) {
    return colors ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
