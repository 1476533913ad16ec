// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.taskscope.jfr.RecordingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import jdk.jfr.Recording;

/** The Flight Recorder recording of the whole run, bounded in size, in a file at the end. */
final class FlightRecording {
  private static final long MOST_BYTES = 64L << 20; // the oldest data go first
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);

  private final Recording recording;
  private final Path file;

  private FlightRecording(Recording recording, Path file) {
    this.recording = recording;
    this.file = file;
  }

  /** Where the recording goes if nobody says: the directory for temporary files. */
  static Path defaultFile() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "taskscope-demo-%s.jfr".formatted(ProcessHandle.current().pid()));
  }

  /**
   * Starts to record; without {@link #keep} nothing is written.
   *
   * @throws StartException if the file cannot be written
   */
  static FlightRecording start(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    checkWritable(absolute);
    try {
      Recording recording = new Recording();
      recording.setSettings(RecordingSettings.PRODUCTION.withThoseOfTheJdk());
      recording.setName("taskscope-demo");
      recording.setMaxSize(MOST_BYTES);
      // The JDK's defaults are for production: 20 ms. The demo wants to show shorter waits as well.
      for (String event :
          List.of("JavaMonitorEnter", "JavaMonitorWait", "ThreadSleep", "SocketRead")) {
        recording.enable("jdk." + event).withThreshold(SHORTEST_WAIT);
      }
      recording.start();
      return new FlightRecording(recording, absolute);
    } catch (IllegalStateException e) {
      throw new StartException("the JDK has no usable default settings for Flight Recorder", e);
    }
  }

  private static void checkWritable(Path file) {
    Path directory = file.getParent();
    boolean writable =
        Files.exists(file)
            ? Files.isRegularFile(file) && Files.isWritable(file)
            : directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
    if (!writable) {
      throw new StartException(
          "cannot write the recording %s: name a file in an existing, writable directory with --recording"
              .formatted(file));
    }
  }

  /** From now on the recording goes to its file also if the JVM ends in a way we do not see. */
  void keep() {
    try {
      recording.setDestination(file);
    } catch (IOException e) {
      throw new StartException(
          "cannot write the recording %s: %s".formatted(file, e.getMessage()), e);
    }
    recording.setDumpOnExit(true);
  }

  Path file() {
    return file;
  }

  /** Ends the recording; if it is kept, the file is complete when this returns. */
  void finish() {
    recording.stop();
    recording.close();
  }

  /** The size of the finished file, for people. */
  String size() {
    return String.format(Locale.ROOT, "%.1f MB", file.toFile().length() / 1e6);
  }
}
