// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof.boot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Puts the agent into an executable jar, and names it in the jar's manifest. */
final class LauncherAgentJar {
  private LauncherAgentJar() {}

  static void write(Path application, Path agent, Path target) throws IOException {
    try (JarFile from = new JarFile(application.toFile());
        JarFile added = new JarFile(agent.toFile());
        OutputStream out = Files.newOutputStream(target)) {
      Manifest manifest = from.getManifest();
      Attributes ofAgent = added.getManifest().getMainAttributes();
      for (String name : new String[] {"Launcher-Agent-Class", "Can-Retransform-Classes"}) {
        manifest.getMainAttributes().putValue(name, ofAgent.getValue(name));
      }
      try (JarOutputStream jar = new JarOutputStream(out, manifest)) {
        copy(from, jar, "");
        copy(added, jar, "io/taskscope/agent/");
        copy(added, jar, "META-INF/taskscope/");
      }
    }
  }

  /** As they are: jars in a jar must not be compressed. */
  private static void copy(JarFile from, JarOutputStream to, String prefix) throws IOException {
    for (JarEntry entry : Collections.list(from.entries())) {
      // Spring's class loader looks for the entries of the directories in its own jar.
      boolean wanted =
          entry.getName().startsWith(prefix) && !(entry.isDirectory() && !prefix.isEmpty());
      if (wanted && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setMethod(entry.getMethod());
        if (entry.getMethod() == ZipEntry.STORED) {
          copy.setSize(entry.getSize());
          copy.setCrc(entry.getCrc());
        }
        to.putNextEntry(copy);
        from.getInputStream(entry).transferTo(to);
        to.closeEntry();
      }
    }
  }
}
