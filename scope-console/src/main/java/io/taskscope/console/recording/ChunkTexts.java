// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

/** Numbers for the texts in the events of one chunk. For one thread. */
final class ChunkTexts {
  private final StringCache cache;
  private final Constants constants;
  private final LongIntMap pooled = new LongIntMap();

  ChunkTexts(StringCache cache, Constants constants) {
    this.cache = cache;
    this.constants = constants;
  }

  int read(ByteReader in) {
    int encoding = in.readByte();
    return switch (encoding) {
      case ByteReader.STRING_NULL, ByteReader.STRING_EMPTY -> Names.NONE;
      case ByteReader.STRING_POOL -> pooled(in.readLong());
      case ByteReader.STRING_UTF8, ByteReader.STRING_LATIN1, ByteReader.STRING_CHARS ->
          cache.number(in, encoding);
      default -> throw new ByteReader.Malformed("string encoding " + encoding);
    };
  }

  private int pooled(long key) {
    int known = pooled.get(key);
    if (known == LongIntMap.ABSENT) {
      known = cache.names().number(constants.text(key));
      pooled.put(key, known);
    }
    return known;
  }
}
