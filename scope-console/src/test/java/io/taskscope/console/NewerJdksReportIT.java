// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskscope.console.workload.AgentRecording;
import io.taskscope.console.workload.AgentWorkload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recordings of newer JDKs, made there with the agent, read on the JDK that runs this. The variable
 * {@code TASKSCOPE_NEWER_JDKS} has their homes, separated as paths are; {@code .ci/newer-jdks}
 * brings them.
 */
@Timeout(value = 400, threadMode = ThreadMode.SEPARATE_THREAD)
class NewerJdksReportIT {
  private static final String VARIABLE = "TASKSCOPE_NEWER_JDKS";
  private static final Pattern VERSION = Pattern.compile("version \"([0-9]+)");

  @TempDir private Path folder;

  @Test
  void report_ofARecordingOfEveryNewerJdk_isCompleteAndWithoutWarnings() throws Exception {
    List<Path> homes =
        Stream.ofNullable(System.getenv(VARIABLE))
            .flatMap(all -> Stream.of(all.split(System.getProperty("path.separator"), -1)))
            .filter(home -> !home.isBlank())
            .map(Path::of)
            .toList();
    if (System.getenv("CI") == null) {
      assumeThat(homes).as("no newer JDKs in " + VARIABLE).isNotEmpty();
    }
    List<Integer> versions = new ArrayList<>();
    for (Path home : homes) {
      int version = version(home);
      versions.add(version);

      assertRead(
          AgentRecording.make(home, Files.createDirectory(folder.resolve("" + version))), version);
    }
    assertThat(versions).as("versions in " + VARIABLE).contains(26, 27, 28);
  }

  private static void assertRead(AgentRecording recording, int version) throws Exception {
    JsonNode report = Reports.json(recording.file());

    assertThat(report.at("/recording/complete").asBoolean()).as("JDK %d", version).isTrue();
    assertThat(report.at("/recording/problems")).as("JDK %d", version).isEmpty();
    assertThat(report.get("unknown")).as("JDK %d", version).isEmpty();
    assertThat(report.at("/recording/agent").asText()).as("JDK %d", version).isEqualTo("on");
    assertThat(report.at("/recording/jvm").asText()).contains("(" + version);
    JsonNode read = Reports.own(report, "/golden/read");
    assertThat(read.at("/finished/success").asLong()).isEqualTo(AgentWorkload.READERS);
    assertThat(read.at("/parkedBy/park/count").asLong())
        .isEqualTo(AgentWorkload.READERS * AgentWorkload.READS);
    recording.truths().get("read").assertHolds(read.get("parkedNanos").asLong());
  }

  private static int version(Path home) throws Exception {
    Matcher matcher = VERSION.matcher(Program.run(home.resolve("bin/java"), "-version").err());
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
