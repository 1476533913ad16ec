// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file in memory, moved along as events are read. For one thread. */
final class FileWindow {
  private static final int WINDOW = 1 << 20;
  // No event of a sound recording comes near; a broken size must not ask for all memory.
  private static final int MAX_EVENT = 1 << 28;
  private static final int MAX_SIZE_BYTES = 9;

  private final FileChannel channel;
  private byte[] bytes = new byte[WINDOW];
  private long base;
  private int length;
  private final ByteReader reader = new ByteReader(bytes, 0, 0);

  FileWindow(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Finds the event at a position of the file.
   *
   * @param end no event goes beyond
   * @return its size in bytes
   * @throws ByteReader.Malformed if no event can be there
   */
  int locate(long position, long end) throws IOException {
    load(position, (int) Math.min(MAX_SIZE_BYTES, end - position));
    int offset = (int) (position - base);
    reader.reset(bytes, offset, Math.min(length, offset + MAX_SIZE_BYTES));
    long size = reader.readLong();
    int sizeBytes = reader.position() - offset;
    if (size <= sizeBytes || size > MAX_EVENT || size > end - position) {
      throw new ByteReader.Malformed("event of " + size + " bytes");
    }
    return (int) size;
  }

  /** Locates the event at a position, and puts {@link #entered} behind its size. */
  int enter(long position, long end) throws IOException {
    int offset = (int) (position - base);
    if (position >= base && offset + MAX_SIZE_BYTES <= length && end - position > MAX_SIZE_BYTES) {
      reader.reset(bytes, offset, offset + MAX_SIZE_BYTES);
      long size = reader.readLong();
      int from = reader.position();
      if (size > from - offset && size <= length - offset && size <= end - position) {
        reader.reset(bytes, from, offset + (int) size);
        return (int) size;
      }
    }
    int size = locate(position, end); // at the edge of the window, or broken
    event(position, size);
    return size;
  }

  ByteReader entered() {
    return reader;
  }

  /** A reader of the event that was {@linkplain #locate located}, standing behind its size. */
  ByteReader event(long position, int size) throws IOException {
    load(position, size);
    int offset = (int) (position - base);
    reader.reset(bytes, offset, offset + size);
    reader.skipLong();
    return reader;
  }

  private void load(long position, int count) throws IOException {
    if (position >= base && position + count <= base + length) {
      return;
    }
    if (count > bytes.length) {
      bytes = new byte[count];
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    base = position;
    length = 0;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, position + buffer.position());
      if (read < 0) {
        break;
      }
    }
    length = buffer.position();
    if (length < count) {
      throw new ByteReader.Malformed("file ends");
    }
  }
}
