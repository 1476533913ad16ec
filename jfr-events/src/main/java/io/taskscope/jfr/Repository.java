// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory in which a JVM keeps the chunks of its running recordings. */
final class Repository {
  private static final int MAGIC = 0x464C5200; // "FLR\0"
  private static final int BYTES_BEFORE_START = 28; // after the magic: version, sizes, positions

  private Repository() {}

  /**
   * When the chunk that is being written began: from its header, as all times in it, because the
   * clock of the recorder and that of the file system may differ.
   */
  static Instant startOfNewestChunk(Path repository) throws IOException {
    List<Path> chunks;
    try (Stream<Path> files = Files.list(repository)) {
      chunks =
          files
              .filter(file -> file.getFileName().toString().endsWith(".jfr"))
              .sorted(Comparator.reverseOrder()) // their names are times
              .toList();
    }
    for (Path chunk : chunks) {
      Instant start = start(chunk);
      if (start != null) {
        return start;
      }
    }
    throw new IllegalArgumentException(
        "no chunk of a recording in %s: give the directory that `jcmd PID JFR.configure` prints as repository path, of a process with a running recording"
            .formatted(repository));
  }

  private static @Nullable Instant start(Path chunk) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(chunk))) {
      if (in.available() < BYTES_BEFORE_START + 12 || in.readInt() != MAGIC) {
        return null; // just being made
      }
      in.skipNBytes(BYTES_BEFORE_START);
      long nanos = in.readLong();
      return Instant.ofEpochSecond(0, nanos);
    }
  }
}
