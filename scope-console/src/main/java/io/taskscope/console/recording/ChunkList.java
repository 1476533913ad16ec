// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the chunks of a file by their headers, also behind broken ones. */
final class ChunkList {
  private static final int SEARCH_WINDOW = 1 << 20;

  /**
   * A chunk and where it ends.
   *
   * @param header of the chunk
   * @param end position in the file behind its last byte
   */
  record Chunk(ChunkHeader header, long end) {}

  final List<Chunk> chunks = new ArrayList<>();
  final List<String> problems = new ArrayList<>();
  long lostBytes;

  private final FileChannel channel;
  private final Path file;
  private final long fileSize;

  private ChunkList(FileChannel channel, Path file) throws IOException {
    this.channel = channel;
    this.file = file;
    this.fileSize = channel.size();
  }

  static ChunkList of(FileChannel channel, Path file) throws IOException {
    ChunkList list = new ChunkList(channel, file);
    list.walk();
    return list;
  }

  private void walk() throws IOException {
    if (fileSize == 0) {
      throw new RecordingException(
          file + " is empty (0 bytes): the recording was never written, or is still under way");
    }
    ByteBuffer first = bytes(0, ChunkHeader.BYTES);
    if (first.limit() < 4 || !ChunkHeader.isMagic(first, 0)) {
      throw new RecordingException(
          file
              + " is not a Flight Recorder file: it begins with "
              + shown(first)
              + ", not with \"FLR\"");
    }
    if (first.limit() < ChunkHeader.BYTES) {
      throw new RecordingException(
          file
              + " holds only the first "
              + first.limit()
              + " bytes of a recording, not even the "
              + ChunkHeader.BYTES
              + " of its header");
    }
    ChunkHeader header = ChunkHeader.read(first, 0);
    if (!header.supported()) {
      throw new RecordingException(
          "%s has version %s.%s%s of the recording format; what can be read is 1.x and 2.x, as written by JDK 9 and later"
              .formatted(
                  file,
                  header.major(),
                  header.minor(),
                  header.compressed() ? "" : " without compressed numbers"));
    }
    long position = 0;
    while (position < fileSize) {
      position = addChunk(position);
    }
  }

  /** Adds the chunk that begins at the position, or tells what is there; returns where to go on. */
  private long addChunk(long position) throws IOException {
    ByteBuffer bytes = bytes(position, ChunkHeader.BYTES);
    if (bytes.limit() < ChunkHeader.BYTES || !ChunkHeader.isMagic(bytes, 0)) {
      long next = search(position + 1);
      lose(position, next, "no recording");
      return next;
    }
    ChunkHeader header = ChunkHeader.read(bytes, position);
    if (!header.supported()) {
      long next = search(position + 1);
      lose(position, next, "a header that makes no sense");
      return next;
    }
    long end = position + header.size();
    if (header.size() > ChunkHeader.BYTES && end < fileSize && end > position) {
      ByteBuffer after = bytes(end, 4);
      if (after.limit() < 4 || !ChunkHeader.isMagic(after, 0)) {
        long next = search(position + ChunkHeader.BYTES);
        end = next; // its size is wrong, or something else follows: whatever reads as events counts
        problems.add(
            "the part of the recording at byte %s does not end where it says".formatted(position));
      }
    } else if (header.size() > fileSize - position) {
      problems.add(
          "it is cut off: %s of the %s bytes of its last part are missing"
              .formatted(header.size() - (fileSize - position), header.size()));
      end = fileSize;
    } else if (header.size() <= ChunkHeader.BYTES) {
      end = search(position + ChunkHeader.BYTES);
      problems.add(
          "the part of the recording at byte %s was never finished, as when the JVM was killed"
              .formatted(position));
    }
    chunks.add(new Chunk(header, end));
    return end;
  }

  private void lose(long from, long to, String what) {
    lostBytes += to - from;
    problems.add("%s bytes from byte %s on hold %s".formatted(to - from, from, what));
  }

  /** The position of the next chunk from there on, or the end of the file. */
  private long search(long from) throws IOException {
    long position = from;
    while (position < fileSize) {
      ByteBuffer window = bytes(position, SEARCH_WINDOW);
      for (int i = 0; i + 4 <= window.limit(); i++) {
        if (window.get(i) == 'F' && ChunkHeader.isMagic(window, i) && isHeader(position + i)) {
          return position + i;
        }
      }
      if (window.limit() < SEARCH_WINDOW) {
        break;
      }
      position += window.limit() - 3;
    }
    return fileSize;
  }

  private boolean isHeader(long position) throws IOException {
    ByteBuffer bytes = bytes(position, ChunkHeader.BYTES);
    return bytes.limit() == ChunkHeader.BYTES && ChunkHeader.read(bytes, position).supported();
  }

  private ByteBuffer bytes(long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, fileSize - position));
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
      // until all are there
    }
    return buffer.flip();
  }

  /** The first bytes, as text where they are text. */
  private static String shown(ByteBuffer bytes) {
    StringBuilder text = new StringBuilder("\"");
    StringBuilder hex = new StringBuilder();
    boolean readable = true;
    for (int i = 0; i < Math.min(8, bytes.limit()); i++) {
      byte b = bytes.get(i);
      readable &= (b >= ' ' && b < 127) || b == '\n' || b == '\r' || b == '\t';
      text.append(b < ' ' ? ' ' : (char) b);
      hex.append(i == 0 ? "" : " ").append("%02x".formatted(b & 0xFF));
    }
    return readable ? text.append('"').toString() : "the bytes " + hex;
  }
}
