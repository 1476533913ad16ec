// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Class-data sharing, and the recording of AOT caches. */
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class ArchivesIT {
  private static final int JAVA = Runtime.version().feature();
  private static final String STANDS_ASIDE = "taskscope.*stands aside.*";

  @Test
  void start_withTheAgent_classesOfTheJdkStillComeFromTheSharedArchive() throws Exception {
    List<String> without = loaded(Agents.counting(400, "-Xshare:auto", "-Xlog:class+load"));
    List<String> with =
        loaded(Agents.counting(400, "-Xshare:auto", "-Xlog:class+load", Agents.ours()));

    assertThat(shared(without)).isGreaterThan(300);
    // The agent makes the JVM load some more; none of those it had may be lost to the archive.
    assertThat(shared(with)).isGreaterThanOrEqualTo(shared(without));
    assertThat(with)
        .anyMatch(line -> line.matches(".*java\\.lang\\.VirtualThread source: shared objects.*"));
    JavaProcess.Ended demanded =
        JavaProcess.run(Agents.counting(Agents.YIELDS, "-Xshare:on", Agents.ours()));
    Agents.assertExact(demanded, JAVA);
    assertThat(demanded.err()).isEmpty();
  }

  private static List<String> loaded(List<String> arguments) throws Exception {
    JavaProcess.Ended ended = JavaProcess.run(arguments);
    assertThat(ended.exit()).as("%s", ended.err()).isZero();
    return ended.out().stream().filter(line -> line.contains("source:")).toList();
  }

  private static long shared(List<String> loaded) {
    return loaded.stream().filter(line -> line.contains("source: shared objects file")).count();
  }

  @Test
  void aotTraining_inTwoSteps_standsAsideAndTheCacheServes(@TempDir Path directory)
      throws Exception {
    Path configuration = directory.resolve("program.aotconf");
    Path cache = directory.resolve("program.aot");
    String agent = Agents.ours();

    JavaProcess.Ended recorded =
        JavaProcess.run(
            Agents.counting(
                400, agent, "-XX:AOTMode=record", "-XX:AOTConfiguration=" + configuration));
    JavaProcess.Ended created =
        JavaProcess.run(
            Agents.counting(
                400,
                agent,
                "-XX:AOTMode=create",
                "-XX:AOTConfiguration=" + configuration,
                "-XX:AOTCache=" + cache));

    assertStoodAside(recorded);
    assertThat(created.exit()).as("%s", created).isZero();
    assertThat(cache).isNotEmptyFile();
    assertServes(cache);
  }

  @Test
  void aotTraining_inOneStep_standsAsideAndTheCacheServes(@TempDir Path directory)
      throws Exception {
    Path cache = directory.resolve("program.aot");

    JavaProcess.Ended trained =
        JavaProcess.run(Agents.counting(400, Agents.ours(), "-XX:AOTCacheOutput=" + cache));

    assertStoodAside(trained);
    assertThat(cache).isNotEmptyFile();
    assertServes(cache);
  }

  private static void assertStoodAside(JavaProcess.Ended trained) {
    assertThat(trained.exit()).as("%s", trained).isZero();
    assertThat(trained.values()).as("%s", trained).containsEntry("agent", "off");
    assertThat(trained.err()).filteredOn(line -> line.matches(STANDS_ASIDE)).hasSize(1);
  }

  /** In production the agent works, cache or not. */
  private static void assertServes(Path cache) throws Exception {
    assertThat(Files.size(cache)).isGreaterThan(1_000_000);
    Agents.assertExact(
        JavaProcess.run(Agents.counting(Agents.YIELDS, Agents.ours(), "-XX:AOTCache=" + cache)),
        JAVA);
  }
}
