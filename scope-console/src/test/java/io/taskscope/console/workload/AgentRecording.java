// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.TaskScope;
import io.taskscope.console.Program;
import io.taskscope.jfr.JfrEvents;
import io.taskscope.jfr.RecordingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recording of {@link AgentWorkload} in a JVM of its own with the agent, made as the README says:
 * with the settings of the JDK and ours, from the command line.
 *
 * @param file the recording
 * @param truths how long each thing took, by the clocks of the program
 */
public record AgentRecording(Path file, Map<String, Truth> truths) {
  private static final Pattern LINE = Pattern.compile("([a-z.]+)=([0-9]+)\\.\\.([0-9]+)");
  private static final String AGENT = System.getProperty("console.agent", "");

  private static AgentRecording shared;

  /** Keeps an immutable copy of the map. */
  public AgentRecording {
    truths = Map.copyOf(truths);
  }

  /**
   * What is known of a time.
   *
   * @param least it was not shorter, in nanoseconds
   * @param most it was not longer
   */
  public record Truth(long least, long most) {
    /** Says that the time is known from a recording, within two percent. */
    public void assertHolds(long nanos) {
      assertThat(nanos).isBetween((long) (least * 0.98), (long) (most * 1.02));
    }
  }

  /** On the JDK that runs this: the same recording for all tests of a JVM. */
  public static synchronized AgentRecording shared() throws IOException, InterruptedException {
    if (shared == null) {
      Path folder = Files.createTempDirectory("agent-recording");
      shared = make(Path.of(System.getProperty("java.home")), folder);
      folder.toFile().deleteOnExit();
      shared.file.toFile().deleteOnExit(); // the last that is named is deleted first
    }
    return shared;
  }

  /** On another JDK, into an empty folder. */
  public static AgentRecording make(Path javaHome, Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("agent.jfr");
    Path settings = RecordingSettings.PROFILE.writeTo(folder);
    Program.Ended ended =
        Program.run(
            javaHome.resolve("bin/java"),
            "-javaagent:" + AGENT,
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1",
            "-XX:StartFlightRecording:filename=%s,settings=profile,settings=%s"
                .formatted(file, settings),
            "-cp",
            Program.classPathOf(AgentWorkload.class, JfrEvents.class, TaskScope.class),
            AgentWorkload.class.getName());
    Files.delete(settings);
    assertThat(ended.exit()).as("%s", ended).isZero();
    assertThat(ended.err()).as("%s", ended).isEmpty();
    Map<String, Truth> truths = new HashMap<>();
    Matcher line = LINE.matcher(ended.out());
    while (line.find()) {
      truths.put(
          line.group(1), new Truth(Long.parseLong(line.group(2)), Long.parseLong(line.group(3))));
    }
    return new AgentRecording(file, truths);
  }
}
