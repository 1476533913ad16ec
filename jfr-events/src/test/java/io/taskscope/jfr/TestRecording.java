// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A real recording, with only the events a test asks for, read back from its file. */
final class TestRecording implements AutoCloseable {
  private final Recording recording = new Recording();
  private final Path file;

  private TestRecording() {
    try {
      file = Files.createTempFile("taskscope", ".jfr");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs, with these settings such as {@code taskscope.Task#threshold}. */
  static TestRecording with(Map<String, String> settings) {
    TestRecording started = new TestRecording();
    started.recording.setSettings(settings);
    started.recording.start();
    return started;
  }

  /** Runs, with these events enabled without threshold, and the others disabled. */
  static TestRecording of(JfrEventName... events) {
    TestRecording started = new TestRecording();
    for (JfrEventName event : JfrEventName.values()) {
      started.recording.disable(event.eventName()); // what is not mentioned may be on by default
    }
    for (JfrEventName event : events) {
      started.recording.enable(event.eventName()).withoutThreshold();
    }
    started.recording.start();
    return started;
  }

  /** Has one more event recorded. */
  TestRecording and(String event) {
    recording.enable(event).withoutThreshold();
    return this;
  }

  /** Changes a setting while it runs. */
  void set(String setting, String value) {
    Map<String, String> settings = new HashMap<>(recording.getSettings());
    settings.put(setting, value);
    recording.setSettings(settings);
  }

  /** Ends the recording, and gives the file it is in. */
  Path stop() {
    try {
      if (recording.getState() == RecordingState.RUNNING) {
        recording.stop();
        recording.dump(file);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the recording, and gives its events of one type whose scope is at or below this path. */
  List<RecordedEvent> stop(JfrEventName type, String path) {
    return read(stop(), type, path);
  }

  /** Events of one type in a file whose scope is at or below this path, the first to end first. */
  static List<RecordedEvent> read(Path file, JfrEventName type, String path) {
    try {
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().equals(type.eventName()))
          .filter(event -> (event.getString("scopePath") + "/").startsWith(path + "/"))
          .sorted(Comparator.comparing(RecordedEvent::getEndTime)) // a file has them by thread
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    recording.close();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
