// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this module, written down by the build. */
final class Version {
  static final String VALUE = read();

  private Version() {}

  private static String read() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("build.properties")) {
      if (in != null) { // it can be lost in a jar that was put together from others
        properties.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      // Same as missing: a version in a metric is not worth failing for.
    }
    return properties.getProperty("version", "unknown");
  }
}
