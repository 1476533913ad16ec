// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.List;
import java.util.stream.IntStream;

/** Where the wanted fields of one type of event stand in its bytes. */
final class EventLayout {
  private final EventKind kind;
  private final int width;
  private final Plans.Part[] parts;
  private final int[] slots;
  private final long[] factors;
  private final int length;
  private final byte[] codes;
  private final int[] absent; // places of fields that the file does not have

  private static final byte SKIP_NUMBER = 0;
  private static final byte SKIP = 1;
  private static final byte NUMBER = 2;
  private static final byte BYTE = 3;
  private static final byte TEXT = 4;
  private static final byte SCALED = 5;

  private static final long TICKS = -1;
  private static final long TIME = -2;

  private EventLayout(EventKind kind, List<Metadata.Field> fields, Plans plans) {
    this.kind = kind;
    this.width = kind.width();
    parts = new Plans.Part[fields.size()];
    slots = new int[fields.size()];
    factors = new long[fields.size()];
    for (int i = 0; i < parts.length; i++) {
      Metadata.Field field = fields.get(i);
      parts[i] = plans.part(field, 0);
      slots[i] = parts[i].array() ? -1 : kind.slot(field.name());
      factors[i] =
          field.name().equals("startTime") ? TIME : factor(plans.metadata().timespan(field));
    }
    codes = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      codes[i] = code(i);
    }
    int wanted = parts.length;
    while (wanted > 0 && slots[wanted - 1] < 0) {
      wanted--;
    }
    length = wanted; // what follows the last wanted field need not be read
    absent =
        IntStream.range(1, width)
            .filter(slot -> IntStream.range(0, parts.length).noneMatch(i -> fills(i, slot)))
            .toArray();
  }

  private boolean fills(int field, int slot) {
    return slots[field] == slot && codes[field] != SKIP;
  }

  static EventLayout of(EventKind kind, Metadata.Type type, Plans plans) {
    return new EventLayout(kind, type.fields(), plans);
  }

  private static long factor(String unit) {
    return switch (unit) {
      case "TICKS" -> TICKS;
      case "MICROSECONDS" -> 1_000;
      case "MILLISECONDS" -> 1_000_000;
      case "SECONDS" -> 1_000_000_000;
      default -> 1;
    };
  }

  private byte code(int i) {
    Plans.Shape shape = parts[i].plan().shape();
    if (slots[i] < 0) {
      return shape == Plans.Shape.NUMBER && !parts[i].array() ? SKIP_NUMBER : SKIP;
    }
    return switch (shape) {
      case NUMBER -> factors[i] == 1 ? NUMBER : SCALED;
      case BYTE -> BYTE;
      case STRING -> TEXT;
      case FLOAT, DOUBLE, STRUCT -> SKIP;
    };
  }

  void decode(ByteReader in, Batch batch, ChunkTexts texts) {
    ChunkHeader chunk = batch.chunk();
    int row = batch.newRow(kind);
    long[] cells = batch.cells();
    for (int slot : absent) {
      cells[row + slot] = 0;
    }
    for (int i = 0; i < length; i++) {
      switch (codes[i]) {
        case SKIP_NUMBER -> in.skipLong();
        case NUMBER -> cells[row + slots[i]] = in.readLong();
        case SCALED -> cells[row + slots[i]] = scaled(in.readLong(), factors[i], chunk);
        case TEXT -> cells[row + slots[i]] = texts.read(in);
        case BYTE -> cells[row + slots[i]] = in.readByte();
        default -> Plans.skip(in, parts[i]);
      }
    }
    batch.commit(row, width);
  }

  private static long scaled(long value, long factor, ChunkHeader chunk) {
    if (factor == 1) {
      return value;
    }
    if (factor == TIME) {
      return chunk.nanosAt(value);
    }
    if (factor == TICKS) {
      // Long.MIN_VALUE and MAX_VALUE say that there is none, or no end.
      return value == Long.MIN_VALUE || value == Long.MAX_VALUE ? 0 : chunk.span(value);
    }
    return value * factor;
  }
}
