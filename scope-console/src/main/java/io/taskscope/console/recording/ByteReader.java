// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Reads the encodings of a recording from an array. Never reads at or beyond the limit, whatever
 * the bytes say. For one thread.
 */
final class ByteReader {
  static final int STRING_NULL = 0;
  static final int STRING_EMPTY = 1;
  static final int STRING_POOL = 2;
  static final int STRING_UTF8 = 3;
  static final int STRING_CHARS = 4;
  static final int STRING_LATIN1 = 5;

  /** The most bytes that a number takes. */
  static final int MAX_LONG = 9;

  private byte[] bytes;
  private int position;
  private int limit;

  ByteReader(byte[] bytes, int position, int limit) {
    this.bytes = bytes;
    reset(bytes, position, limit);
  }

  void reset(byte[] bytes, int position, int limit) {
    if (position < 0 || limit > bytes.length || position > limit) {
      throw new Malformed("range " + position + " to " + limit);
    }
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
  }

  byte[] bytes() {
    return bytes;
  }

  int position() {
    return position;
  }

  int remaining() {
    return limit - position;
  }

  int readByte() {
    if (position >= limit) {
      throw new Malformed("value beyond the end");
    }
    return bytes[position++];
  }

  /** A number in groups of seven bits, the lowest first; the ninth byte has eight. */
  long readLong() {
    int at = position;
    if (at >= limit) {
      throw new Malformed("value beyond the end");
    }
    byte first = bytes[at];
    position = at + 1;
    return first >= 0 ? first : readLong(first); // most are of one byte
  }

  private long readLong(byte first) {
    byte[] from = bytes; // for the first compiler, which would load a field each time
    int at = position;
    int end = Math.min(limit, at + MAX_LONG - 2);
    long value = first & 0x7FL;
    for (int shift = 7; at < end; shift += 7) {
      byte next = from[at++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        position = at;
        return value;
      }
    }
    position = at;
    return value | (readByte() & 0xFFL) << 56;
  }

  void skipLong() {
    byte[] from = bytes;
    int at = position;
    int end = Math.min(limit, at + MAX_LONG);
    while (at < end) {
      if (from[at++] >= 0) {
        position = at;
        return;
      }
    }
    if (at - position < MAX_LONG) {
      throw new Malformed("value beyond the end");
    }
    position = at;
  }

  /** A length or count; never more than there are bytes left, as each thing has at least one. */
  int readCount() {
    long count = readLong();
    if (count < 0 || count > remaining()) {
      throw new Malformed("count " + count);
    }
    return (int) count;
  }

  void skip(int count) {
    if (count < 0 || count > remaining()) {
      throw new Malformed("length " + count);
    }
    position += count;
  }

  void moveTo(int position) {
    this.position = position;
  }

  void skipString() {
    int encoding = readByte();
    switch (encoding) {
      case STRING_NULL, STRING_EMPTY -> {}
      case STRING_POOL -> skipLong();
      case STRING_UTF8, STRING_LATIN1 -> skip(readCount());
      case STRING_CHARS -> {
        for (int left = readCount(); left > 0; left--) {
          skipLong();
        }
      }
      default -> throw new Malformed("string encoding " + encoding);
    }
  }

  /** A string whose encoding byte, not a reference to a pool, has been read. */
  String readString(int encoding) {
    return switch (encoding) {
      case STRING_NULL, STRING_EMPTY -> "";
      case STRING_UTF8 -> readBytes(StandardCharsets.UTF_8);
      case STRING_LATIN1 -> readBytes(StandardCharsets.ISO_8859_1);
      case STRING_CHARS -> readChars();
      default -> throw new Malformed("string encoding " + encoding);
    };
  }

  private String readBytes(Charset charset) {
    int length = readCount();
    String text = new String(bytes, position, length, charset);
    position += length;
    return text;
  }

  private String readChars() {
    char[] chars = new char[readCount()];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) readLong();
    }
    return new String(chars);
  }

  /** The bytes make no sense. Without stack trace: a broken file may throw it for every event. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }
}
