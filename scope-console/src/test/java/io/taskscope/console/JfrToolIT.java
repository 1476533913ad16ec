// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskscope.console.workload.AgentRecording;
import io.taskscope.console.workload.AgentWorkload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A recording of real tasks with the agent, as the {@code jfr} tool of the JDK shows it. */
class JfrToolIT {
  private static final int READS = AgentWorkload.READERS * AgentWorkload.READS;
  private static final Pattern COUNT =
      Pattern.compile("^ (\\S+) +([0-9]+) +[0-9]+ *$", Pattern.MULTILINE);
  private static final Pattern MILLIS =
      Pattern.compile("^  duration = ([0-9.]+) ms$", Pattern.MULTILINE);

  private static AgentRecording recording;

  @BeforeAll
  static void record() throws Exception {
    recording = AgentRecording.shared();
  }

  private static String jfr(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(recording.file().toString());
    Program.Ended ended =
        Program.run(
            Path.of(System.getProperty("java.home"), "bin", "jfr"), all.toArray(String[]::new));
    assertThat(ended.exit()).as("%s", ended).isZero();
    return ended.out();
  }

  @Test
  void summary_ofEveryType_hasTheCountsOfTheReport() throws Exception {
    Map<String, Long> theirs = new TreeMap<>();
    Matcher count = COUNT.matcher(jfr("summary"));
    while (count.find()) {
      long events = Long.parseLong(count.group(2));
      // Checkpoints and the metadata are no events: they say what events are, and refer to.
      if (events > 0 && !count.group(1).matches("jdk\\.(Checkpoint|Metadata)")) {
        theirs.put(count.group(1), events);
      }
    }
    Map<String, Long> ours = new TreeMap<>();
    JsonNode counts = Reports.json(recording.file()).at("/recording/eventCounts");
    counts.propertyStream().forEach(type -> ours.put(type.getKey(), type.getValue().asLong()));

    assertThat(ours).isEqualTo(theirs).containsKeys("taskscope.TaskPark", "taskscope.TaskStep");
  }

  @Test
  void view_ofParks_hasTheirLabelsAndARowForEach() throws Exception {
    String[] lines = jfr("view", "--width", "400", "TaskPark").strip().split("\\R", -1);

    assertThat(lines[0].strip()).isEqualTo("Task Park");
    assertThat(lines[2])
        .matches(
            "Start Time +Duration +Event Thread +Stack Trace +Task Id +Scope Path +Reason +Queued"
                + " +Blocker *");
    assertThat(lines)
        .filteredOn(line -> line.contains(" /golden/read "))
        .hasSize(READS)
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "[0-9:]{8} +[0-9.]+ ms read .* /golden/read +park +[0-9.]+ m?s"
                            + " java\\.lang\\.Object *"));
  }

  @Test
  void metadata_ofParks_hasLabelsUnitsAndWhatTheyMean() throws Exception {
    String park = jfr("metadata", "--events", "taskscope.TaskPark");

    assertThat(park.lines().map(String::strip))
        .containsSubsequence(
            "@Name(\"taskscope.TaskPark\")",
            "@Label(\"Task Park\")",
            "@Category(\"Taskscope\")",
            "class TaskPark extends jdk.jfr.Event {",
            "@Timespan(\"TICKS\")",
            "long duration;",
            "StackTrace stackTrace;",
            "@TaskId",
            "@Label(\"Task Id\")",
            "long taskId;",
            "@Label(\"Scope Path\")",
            "String scopePath;",
            "@Label(\"Reason\")",
            "String reason;",
            "@Label(\"Queued\")",
            "@Timespan(\"NANOSECONDS\")",
            "long queued;",
            "@Label(\"Blocker\")",
            "Class blocker;");
    assertThat(jfr("metadata", "--events", "taskscope.Task").lines().map(String::strip))
        .containsSubsequence("@Contextual", "String scopePath;", "@Contextual", "String name;");
  }

  @Test
  void print_ofParks_showsContextTimesAndTheStackOfWhoWaited() throws Exception {
    List<String> reads =
        Pattern.compile("\\R\\R")
            .splitAsStream(jfr("print", "--events", "taskscope.TaskPark", "--stack-depth", "64"))
            .filter(event -> event.contains("scopePath = \"/golden/read\""))
            .toList();

    double millis = 0;
    for (String read : reads) {
      assertThat(read.lines().map(String::strip).map(line -> line.replaceAll(" line: .*", "")))
          .containsSubsequence(
              "taskscope.TaskPark {",
              "Context: Task.scopePath = \"/golden/read\"",
              "Context: Task.name = \"read\"",
              "reason = \"park\"",
              "java.util.concurrent.locks.LockSupport.park(Object)",
              "io.taskscope.console.workload.AgentWorkload.awaitRow()");
      assertThat(read).contains("blocker = java.lang.Object (classLoader = bootstrap)");
      assertThat(read)
          .containsPattern("eventThread = \"read\" \\(javaThreadId = [0-9]+, virtual\\)");
      Matcher duration = MILLIS.matcher(read);
      assertThat(duration.find()).as(read).isTrue();
      millis += Double.parseDouble(duration.group(1));
    }
    assertThat(reads).hasSize(READS);
    recording.truths().get("read").assertHolds((long) (millis * 1_000_000));
  }
}
