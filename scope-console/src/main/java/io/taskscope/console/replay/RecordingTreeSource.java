// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.replay;

import io.taskscope.console.recording.Coverage;
import io.taskscope.console.recording.RecordingException;
import io.taskscope.console.recording.RecordingReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The trees of a recording. Each is found by reading the file once. For one thread. */
public final class RecordingTreeSource implements TreeSource {
  private final Path file;
  private final Consumer<RecordingReader> opened;
  private final long start;
  private final long end;
  private @Nullable Coverage coverage;

  /**
   * Looks how long the recording is.
   *
   * @param file to read
   * @param opened is told of each reader, to show its progress
   * @throws RecordingException if the file is no recording or cannot be read
   * @throws IOException if reading fails
   */
  public RecordingTreeSource(Path file, Consumer<RecordingReader> opened) throws IOException {
    this.file = file;
    this.opened = opened;
    try (RecordingReader reader = RecordingReader.open(file)) {
      start = reader.startNanos();
      end = reader.endNanos();
    }
  }

  @Override
  public long startNanos() {
    return start;
  }

  @Override
  public long endNanos() {
    return end;
  }

  @Override
  public TreeAt at(long nanos) throws IOException {
    try (RecordingReader reader = RecordingReader.open(file)) {
      opened.accept(reader);
      TreeCollector collector = new TreeCollector(reader.names(), nanos);
      coverage = reader.read(collector);
      return collector.tree();
    }
  }

  /** {@return what was read for the last tree; null before the first} */
  public @Nullable Coverage coverage() {
    return coverage;
  }
}
