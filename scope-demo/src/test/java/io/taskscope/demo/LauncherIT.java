// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./taskscope}: its commands, and where it looks for a JDK. */
class LauncherIT {
  @TempDir private Path directory;

  @Test
  void noCommand_given_showsTheUsage() throws Exception {
    try (DemoProcess launcher = launcher(Map.of())) {
      assertThat(launcher.awaitExit()).isZero();
      assertThat(launcher.out().getFirst()).isEqualTo("usage: ./taskscope <command> [options]");
    }
  }

  @Test
  void command_unknown_isNamedWithTheUsage() throws Exception {
    try (DemoProcess launcher = launcher(Map.of(), "dance")) {
      assertThat(launcher.awaitExit()).isEqualTo(2);
      assertThat(launcher.err())
          .contains(
              "taskscope: there is no command \"dance\"", "usage: ./taskscope <command> [options]");
      assertThat(launcher.out()).isEmpty();
    }
  }

  @Test
  void symbolicLink_fromAnotherDirectory_findsTheJar() throws Exception {
    Path link =
        Files.createSymbolicLink(directory.resolve("ts"), DemoProcess.launcher().toAbsolutePath());
    try (DemoProcess launcher =
        DemoProcess.start(
            directory,
            Map.of("TASKSCOPE_BUILD", "never", "JAVA_HOME", System.getProperty("java.home")),
            List.of("./ts", "demo", "--help"))) {
      assertThat(launcher.awaitExit()).as(launcher.transcript()).isZero();
      assertThat(launcher.out().getFirst()).startsWith("Usage: taskscope demo");
      assertThat(link).isSymbolicLink();
    }
  }

  @Test
  void jdk_nowhere_isSaidWithWhatToInstall() throws Exception {
    Path old = fakeJdk("17.0.9");
    try (DemoProcess launcher = launcher(onlyThisJava(old), "demo")) {
      assertThat(launcher.awaitExit()).isEqualTo(1);
      assertThat(launcher.err().getFirst()).isEqualTo("taskscope: no JDK 25 found.");
      assertThat(String.join("\n", launcher.err())).contains("Temurin 25", "JAVA_HOME");
    }
  }

  @Test
  void jdk_onlyInAVariable_isFound() throws Exception {
    Path jdk = fakeJdk("25.0.1");
    Map<String, String> environment = onlyThisJava(fakeJdk("17.0.9"));
    environment.put("JAVA_HOME_25_X64", jdk.toString());
    environment.put("TASKSCOPE_BUILD", "never");
    try (DemoProcess launcher = launcher(environment, "demo", "--port=0")) {
      assertThat(launcher.awaitExit()).as(launcher.transcript()).isZero();
      assertThat(launcher.out())
          .containsExactly(
              "%s/bin/java -jar %s --port=0"
                  .formatted(
                      jdk, DemoProcess.repository().resolve("scope-demo/target/scope-demo.jar")));
    }
  }

  private DemoProcess launcher(Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(DemoProcess.launcher().toString()));
    command.addAll(List.of(arguments));
    return DemoProcess.start(directory, environment, command);
  }

  /** An environment in which no JDK of this machine can be found. */
  private Map<String, String> onlyThisJava(Path jdk) throws IOException {
    Map<String, String> environment = new HashMap<>();
    for (String name : System.getenv().keySet()) {
      if (name.matches("(?i).*(java|jdk).*")) {
        environment.put(name, "");
      }
    }
    environment.put("HOME", directory.toString());
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("PATH", toolsWithoutJava().toString());
    environment.put("TASKSCOPE_JDK_DIRS", directory.resolve("none").toString());
    return environment;
  }

  /** A directory for the PATH: what is usually in the same directory as a java, without it. */
  private Path toolsWithoutJava() throws IOException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    for (String tool : List.of("bash", "grep", "head", "readlink", "sed", "tr", "cat")) {
      for (String from : System.getenv("PATH").split(File.pathSeparator, -1)) {
        Path file = Path.of(from, tool);
        if (Files.isExecutable(file) && Files.notExists(bin.resolve(tool))) {
          Files.createSymbolicLink(bin.resolve(tool), file);
        }
      }
    }
    return bin;
  }

  /** A directory that looks like a JDK, whose java prints how it was called. */
  private Path fakeJdk(String version) throws IOException {
    Path jdk = directory.resolve("jdk-" + version);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"%s\"%n".formatted(version));
    for (String tool : List.of("java", "javac")) {
      Path file =
          Files.writeString(jdk.resolve("bin").resolve(tool), "#!/bin/sh\necho \"$0 $*\"\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return jdk;
  }
}
