// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** The version of this tool, from the manifest of its jar. */
public final class Version implements IVersionProvider {
  /** Made by picocli. */
  public Version() {}

  /** {@return the version, or {@code dev} outside of a jar} */
  public static String text() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "taskscope " + text(),
      "Java " + Runtime.version() + " (" + System.getProperty("os.name") + ")"
    };
  }
}
