// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  @Test
  void builds_twoAtOnce_areOneAfterTheOther() throws Exception {
    Path repository = notBuilt();
    try (DemoProcess first = demoOf(repository)) {
      first.awaitErrorLine(line -> line.contains("building the demo"));
      try (DemoProcess second = demoOf(repository)) {
        second.awaitErrorLine(line -> line.contains("another build is running here"));
        Files.createFile(repository.resolve("go"));

        assertThat(first.awaitExit()).as(first.transcript()).isZero();
        assertThat(second.awaitExit()).as(second.transcript()).isZero();
        assertThat(first.out()).isEqualTo(second.out()).hasSize(1);
      }
    }
    assertThat(repository.resolve("builds")).hasContent("one");
    assertThat(repository.resolve("target")).isEmptyDirectory();
  }

  /** A repository with the launcher and nothing that has been built. */
  private Path notBuilt() throws IOException {
    Path repository = directory.resolve("repository");
    Files.createDirectories(repository.resolve("target"));
    Files.createDirectories(repository.resolve("scope-demo/src/main"));
    Files.writeString(repository.resolve("pom.xml"), "<project/>");
    Files.copy(
        DemoProcess.launcher(),
        repository.resolve("taskscope"),
        StandardCopyOption.COPY_ATTRIBUTES);
    return repository;
  }

  private DemoProcess demoOf(Path repository) throws IOException {
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            fakeJdk("25.0.1").toString(),
            "PATH",
            fakeMaven(repository) + File.pathSeparator + System.getenv("PATH"));
    return DemoProcess.start(
        directory, environment, List.of(repository.resolve("taskscope").toString(), "demo"));
  }

  /** A mvn that waits for the file {@code go}, makes the jar, and notes that it was there. */
  private Path fakeMaven(Path repository) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("maven"));
    Path mvn =
        Files.writeString(
            bin.resolve("mvn"),
            """
            #!/bin/sh
            cd '%s'
            until [ -e go ]; do sleep 0.1; done
            echo jar >scope-demo/target/scope-demo.jar
            echo one >>builds
            """
                .formatted(repository));
    Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin;
  }

  @Test
  void build_whoseLauncherWasKilled_isNotWaitedFor() throws Exception {
    Path repository = notBuilt();
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.createSymbolicLink(
        repository.resolve("target/launcher-lock"), Path.of(Long.toString(gone.pid())));
    Files.createFile(repository.resolve("go"));
    try (DemoProcess launcher = demoOf(repository)) {
      assertThat(launcher.awaitExit()).as(launcher.transcript()).isZero();
      assertThat(launcher.err()).noneMatch(line -> line.contains("another build"));
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
