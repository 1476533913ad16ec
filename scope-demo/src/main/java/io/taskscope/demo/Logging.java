// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import java.io.IOException;
import java.io.InputStream;
import java.util.logging.LogManager;

/** What the libraries may print: warnings, on one line each, on standard error. */
final class Logging {
  private static final String OWN_FILE = "java.util.logging.config.file";

  private Logging() {}

  /** Applies {@code logging.properties} of this package, unless the user has named a file. */
  static void configure() {
    if (System.getProperty(OWN_FILE) != null) {
      return;
    }
    try (InputStream settings = Logging.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(settings);
    } catch (IOException e) {
      throw new IllegalStateException("logging.properties cannot be read", e);
    }
  }
}
