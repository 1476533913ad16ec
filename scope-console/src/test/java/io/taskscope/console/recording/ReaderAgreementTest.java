// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.console.workload.MakeRecording;
import io.taskscope.console.workload.ScriptedRecording;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our reader and the JDK's own, over the same file. */
class ReaderAgreementTest {
  @TempDir Path folder;

  @Test
  void read_scriptedRecording_saysWhatTheJdkSays() throws Exception {
    Path file = folder.resolve("scripted.jfr");
    ScriptedRecording.write(file);
    assertThat(ours(file)).containsExactlyInAnyOrderElementsOf(theirs(file));
  }

  @Test
  void read_recordingOfSeveralChunks_saysWhatTheJdkSays() throws Exception {
    Path file = folder.resolve("made.jfr");
    MakeRecording.main(new String[] {file.toString(), "2", "1"});
    assertThat(ours(file)).containsExactlyInAnyOrderElementsOf(theirs(file));
    assertThat(counts(file)).isEqualTo(theirCounts(file));
  }

  private static Map<String, Long> counts(Path file) throws Exception {
    try (RecordingReader reader = RecordingReader.open(file)) {
      return reader.read(batch -> {}).events();
    }
  }

  private static Map<String, Long> theirCounts(Path file) throws Exception {
    Map<String, Long> counts = new HashMap<>();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        counts.merge(recording.readEvent().getEventType().getName(), 1L, Long::sum);
      }
    }
    return counts;
  }

  private static List<String> ours(Path file) throws Exception {
    List<String> lines = new ArrayList<>();
    try (RecordingReader reader = RecordingReader.open(file)) {
      reader.read(
          batch -> {
            for (int i = 0; i < batch.size(); i++) {
              String line = line(batch, i, reader.names());
              if (line != null) {
                lines.add(line);
              }
            }
          });
    }
    return lines;
  }

  private static String line(Batch batch, int i, Names names) {
    EventKind kind = batch.kind(i);
    long start = batch.get(i, Batch.START);
    long duration = batch.get(i, Batch.DURATION);
    return switch (kind) {
      case TASK ->
          String.join(
              "|",
              "task",
              millis(start),
              Long.toString(duration / 1000),
              Long.toString(batch.get(i, kind.slot("taskId"))),
              names.text(batch.get(i, kind.slot("scopePath"))),
              names.text(batch.get(i, kind.slot("name"))),
              names.text(batch.get(i, kind.slot("outcome"))),
              batch.constants().className(batch.get(i, kind.slot("errorClass"))),
              Long.toString(batch.get(i, kind.slot("running"))),
              Long.toString(batch.get(i, kind.slot("steps"))),
              Long.toString(batch.get(i, Batch.THREAD)));
      case TASK_PARK -> {
        StringBuilder stack = new StringBuilder();
        batch
            .constants()
            .frames(
                batch.get(i, Batch.STACK),
                (method, line) ->
                    stack
                        .append(batch.constants().method(method))
                        .append(':')
                        .append(line)
                        .append(' '));
        yield "park|" + millis(start) + "|" + duration / 1000 + "|" + stack;
      }
      default -> null;
    };
  }

  private static String millis(long nanos) {
    return Long.toString(Instant.ofEpochSecond(0, nanos).toEpochMilli());
  }

  private static List<String> theirs(Path file) throws Exception {
    List<String> lines = new ArrayList<>();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        Duration duration = event.getDuration();
        String time = event.getStartTime().toEpochMilli() + "|" + duration.toNanos() / 1000;
        if (event.getEventType().getName().equals("taskscope.Task")) {
          RecordedClass error = event.getClass("errorClass");
          lines.add(
              String.join(
                  "|",
                  "task",
                  time,
                  Long.toString(event.getLong("taskId")),
                  event.getString("scopePath"),
                  event.getString("name"),
                  event.getString("outcome"),
                  error == null ? "" : error.getName(),
                  Long.toString(event.getDuration("running").toNanos()),
                  Long.toString(event.getLong("steps")),
                  Long.toString(event.getThread().getJavaThreadId())));
        } else if (event.getEventType().getName().equals("taskscope.TaskPark")) {
          StringBuilder stack = new StringBuilder();
          for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            stack
                .append(frame.getMethod().getType().getName())
                .append('.')
                .append(frame.getMethod().getName())
                .append(':')
                .append(frame.getLineNumber())
                .append(' ');
          }
          lines.add("park|" + time + "|" + stack);
        }
      }
    }
    return lines;
  }
}
