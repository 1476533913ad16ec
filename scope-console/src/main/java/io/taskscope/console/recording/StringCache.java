// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.Arrays;

/**
 * Numbers of encoded texts without making a {@code String} of those met before. Forgets all when it
 * is full. For one thread; several may share the {@link Names} behind it.
 */
final class StringCache {
  private static final int SLOTS = 1 << 14;
  private static final int MAX_ENTRIES = SLOTS / 2;
  private static final int MAX_CACHED = 256;

  private final Names names;
  private final byte[][] texts = new byte[SLOTS][];
  private final int[] numbers = new int[SLOTS];
  private int entries;

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
    int from = in.position();
    if (length == 0) {
      return Names.NONE;
    }
    if (encoding == ByteReader.STRING_CHARS && !in.skipPlain(length)) {
      in.moveTo(start); // a char takes more than a byte
      return names.number(in.readString(encoding));
    }
    if (encoding != ByteReader.STRING_CHARS) {
      in.skip(length);
    }
    byte[] bytes = in.bytes();
    int hash = encoding;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int slot = (hash ^ hash >>> 15) & (SLOTS - 1);
    while (texts[slot] != null) {
      byte[] known = texts[slot];
      if (known.length == length + 1
          && known[length] == encoding
          && Arrays.equals(known, 0, length, bytes, from, from + length)) {
        return numbers[slot];
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    ByteReader again = new ByteReader(bytes, start, from + length);
    int number = names.number(again.readString(encoding));
    if (length <= MAX_CACHED) {
      remember(slot, bytes, from, length, encoding, number);
    }
    return number;
  }

  private void remember(int slot, byte[] bytes, int from, int length, int encoding, int number) {
    if (entries == MAX_ENTRIES) {
      Arrays.fill(texts, null);
      entries = 0;
      return;
    }
    byte[] key = new byte[length + 1];
    System.arraycopy(bytes, from, key, 0, length);
    key[length] = (byte) encoding;
    texts[slot] = key;
    numbers[slot] = number;
    entries++;
  }
}
