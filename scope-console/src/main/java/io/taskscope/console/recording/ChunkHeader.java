// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.nio.ByteBuffer;

/**
 * The first bytes of a chunk. A recording is one chunk or more, each complete in itself.
 *
 * @param position where in the file it begins
 * @param size its bytes as its header says; 0 or less if it was never finished
 * @param checkpoint where its last constants are, from its beginning
 * @param metadata where the description of its types is, from its beginning
 * @param startNanos when it began, in nanoseconds since 1970
 * @param durationNanos how long it lasted
 * @param startTicks when it began by the clock of its events
 * @param ticksPerSecond the rate of that clock
 * @param major of the format's version
 * @param minor of the format's version
 * @param finished whether the JVM wrote it to the end
 * @param compressed whether its numbers are written in as few bytes as they need
 */
record ChunkHeader(
    long position,
    long size,
    long checkpoint,
    long metadata,
    long startNanos,
    long durationNanos,
    long startTicks,
    long ticksPerSecond,
    int major,
    int minor,
    boolean finished,
    boolean compressed) {
  static final int BYTES = 68;
  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;

  /** Whether a chunk begins at the position of the buffer. */
  static boolean isMagic(ByteBuffer buffer, int at) {
    return buffer.getInt(at) == MAGIC;
  }

  static ChunkHeader read(ByteBuffer buffer, long position) {
    long ticks = buffer.getLong(56);
    return new ChunkHeader(
        position,
        buffer.getLong(8),
        buffer.getLong(16),
        buffer.getLong(24),
        buffer.getLong(32),
        Math.max(0, buffer.getLong(40)),
        buffer.getLong(48),
        ticks > 0 ? ticks : 1_000_000_000L,
        buffer.getShort(4),
        buffer.getShort(6),
        buffer.get(64) == 0,
        (buffer.get(67) & 1) != 0);
  }

  boolean supported() {
    return (major == 1 || major == 2) && compressed;
  }

  /** When a tick was, in nanoseconds since 1970. */
  long nanosAt(long ticks) {
    return startNanos + span(ticks - startTicks);
  }

  /** How long so many ticks are, in nanoseconds. */
  long span(long ticks) {
    if (ticksPerSecond == 1_000_000_000L) {
      return ticks;
    }
    return (long) (ticks / (ticksPerSecond / 1e9)); // rounded as the JDK's own reader does
  }
}
