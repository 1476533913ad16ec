// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the events of {@link EventKind} from a recording, in batches, in the order of the file. Two
 * chunks are decoded at a time; memory depends on the size of a batch and on the constants of a
 * chunk, not on the size of the file.
 */
public final class RecordingReader implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final ChunkList chunks;
  private final Names names = new Names();
  private final AtomicLong bytesRead = new AtomicLong();

  private RecordingReader(Path file, FileChannel channel, ChunkList chunks) {
    this.file = file;
    this.channel = channel;
    this.chunks = chunks;
  }

  /** Takes the events. */
  @FunctionalInterface
  public interface BatchSink {
    /**
     * Takes some events.
     *
     * @param batch not to be kept
     */
    void accept(Batch batch);
  }

  /**
   * Opens a file and finds its chunks.
   *
   * @param file to read
   * @return the reader, to be closed
   * @throws RecordingException if the file is no recording or cannot be read
   * @throws IOException if reading fails
   */
  public static RecordingReader open(Path file) throws IOException {
    FileChannel channel = openChannel(file);
    try {
      return new RecordingReader(file, channel, ChunkList.of(channel, file));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel openChannel(Path file) throws IOException {
    try {
      if (Files.isDirectory(file)) {
        throw new RecordingException(
            file + " is a directory; name the recording in it, a file such as app.jfr");
      }
      return FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new RecordingException("there is no file " + file);
    } catch (AccessDeniedException e) {
      throw new RecordingException("no permission to read " + file);
    }
  }

  /** {@return the texts that numbers in batches stand for} */
  public Names names() {
    return names;
  }

  /** {@return the bytes of the file} */
  public long size() throws IOException {
    return channel.size();
  }

  /** {@return the bytes read so far; may be asked by any thread} */
  public long position() {
    return bytesRead.get();
  }

  /** {@return when the recording began, in nanoseconds since 1970} */
  public long startNanos() {
    return chunks.chunks.stream().mapToLong(c -> c.header().startNanos()).min().orElse(0);
  }

  /** {@return when the recording ended as its headers say, in nanoseconds since 1970} */
  public long endNanos() {
    return chunks.chunks.stream()
        .mapToLong(c -> c.header().startNanos() + c.header().durationNanos())
        .max()
        .orElse(0);
  }

  /**
   * Reads all of the file once.
   *
   * @param sink takes the events, on the calling thread
   * @return what was read
   * @throws IOException if reading fails
   */
  public Coverage read(BatchSink sink) throws IOException {
    List<ChunkReader.ChunkResult> results;
    try (ParallelChunks parallel = new ParallelChunks(channel, names, bytesRead)) {
      results = parallel.read(chunks.chunks, sink);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RecordingException("interrupted while reading " + file);
    }
    return coverage(results);
  }

  private Coverage coverage(List<ChunkReader.ChunkResult> results) throws IOException {
    Map<String, Long> events = new HashMap<>();
    Map<Long, String> types = new HashMap<>();
    List<String> problems = new ArrayList<>(chunks.problems);
    long broken = 0;
    long unresolved = 0;
    long lost = chunks.lostBytes;
    for (int i = 0; i < results.size(); i++) {
      ChunkReader.ChunkResult result = results.get(i);
      for (ChunkReader.EventCount count : result.counts) {
        types.put(count.type.id(), count.type.name());
        if (count.count > 0) {
          events.merge(count.type.name(), count.count, Long::sum);
        }
      }
      broken += result.broken;
      unresolved += result.unresolved.sum();
      lost += result.lostBytes;
      if (result.cutOff && result.lostBytes > 0) {
        ChunkHeader header = chunks.chunks.get(i).header();
        problems.add(
            "the last %s bytes of the part at byte %s are no whole events"
                .formatted(result.lostBytes, header.position()));
      }
    }
    if (broken > 0) {
      problems.add(broken + " events make no sense and were left out");
    }
    return new Coverage(
        channel.size(),
        results.size(),
        startNanos(),
        endNanos(),
        events,
        types,
        broken,
        unresolved,
        lost,
        problems);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
