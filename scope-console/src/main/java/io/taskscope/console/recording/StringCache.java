// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Numbers of encoded texts without making a {@code String} of those met before. Forgets all when it
 * is full. For one thread; several may share the {@link Names} behind it.
 *
 * <p>Nearly every event has one or two short texts, so that they are half of what decoding costs:
 * they are compared and mixed into a hash eight bytes at a time.
 */
final class StringCache {
  private static final int SLOTS = 1 << 14;
  private static final int MAX_ENTRIES = SLOTS / 2;
  private static final int MAX_CACHED = 256;
  private static final long NOT_PLAIN = 0x8080_8080_8080_8080L;
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Names names;

  /** The words of each text, of which the last is filled up with zeros. */
  private final long[][] texts = new long[SLOTS][];

  /** Of each text its length and, in the lowest three bits, its encoding. */
  private final int[] shapes = new int[SLOTS];

  private final int[] numbers = new int[SLOTS];
  private int entries;

  /** The words of the text at hand. */
  private final long[] words = new long[MAX_CACHED / Long.BYTES];

  StringCache(Names names) {
    this.names = names;
  }

  Names names() {
    return names;
  }

  /** The number of the text at the reader, whose encoding, one with a length, has been read. */
  int number(ByteReader in, int encoding) {
    int start = in.position();
    int length = in.readCount();
    if (length == 0) {
      return Names.NONE;
    }
    int count = (length + Long.BYTES - 1) / Long.BYTES;
    if (count > words.length) {
      in.moveTo(start);
      return names.number(in.readString(encoding));
    }
    int shape = length << 3 | encoding;
    long mixed = readWords(in, length, count, shape * MIX);
    if (encoding == ByteReader.STRING_CHARS && !isPlain(count)) {
      in.moveTo(start); // a char takes more than a byte
      return names.number(in.readString(encoding));
    }
    int slot = (int) (mixed >>> 40) & (SLOTS - 1);
    while (texts[slot] != null) {
      if (shapes[slot] == shape && isAt(slot, count)) {
        in.skip(length);
        return numbers[slot];
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    in.moveTo(start);
    int number = names.number(in.readString(encoding));
    remember(slot, shape, count, number);
    return number;
  }

  /** Fills the words, and does not move the reader; says what they and the seed are mixed to. */
  private long readWords(ByteReader in, int length, int count, long seed) {
    byte[] bytes = in.bytes();
    int from = in.position();
    long mixed = seed;
    for (int i = 0; i < count; i++) {
      int at = from + i * Long.BYTES;
      int left = length - i * Long.BYTES;
      long word = at + Long.BYTES <= bytes.length ? (long) WORDS.get(bytes, at) : tail(bytes, at);
      if (left < Long.BYTES) {
        word &= (1L << (left * Byte.SIZE)) - 1;
      }
      words[i] = word;
      mixed = (mixed ^ word) * MIX;
      mixed ^= mixed >>> 29;
    }
    return mixed * MIX;
  }

  /** The word at the end of the array, which it goes beyond. */
  private static long tail(byte[] bytes, int at) {
    long word = 0;
    for (int i = bytes.length - 1; i >= at; i--) {
      word = word << Byte.SIZE | (bytes[i] & 0xFFL);
    }
    return word;
  }

  private boolean isPlain(int count) {
    long all = 0;
    for (int i = 0; i < count; i++) {
      all |= words[i];
    }
    return (all & NOT_PLAIN) == 0;
  }

  private boolean isAt(int slot, int count) {
    long[] known = texts[slot];
    for (int i = 0; i < count; i++) {
      if (known[i] != words[i]) {
        return false;
      }
    }
    return true;
  }

  private void remember(int slot, int shape, int count, int number) {
    if (entries == MAX_ENTRIES) {
      Arrays.fill(texts, null);
      entries = 0;
      return;
    }
    texts[slot] = Arrays.copyOf(words, count);
    shapes[slot] = shape;
    numbers[slot] = number;
    entries++;
  }
}
