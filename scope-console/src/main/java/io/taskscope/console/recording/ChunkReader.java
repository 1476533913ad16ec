// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Reads one chunk: first its types and constants, then its events. For one thread. */
final class ChunkReader {
  private static final long METADATA_EVENT = 0;
  private static final long CHECKPOINT_EVENT = 1;
  private static final int MAX_CHECKPOINTS = 1 << 20;

  private final FileWindow window;
  private final ChunkHeader header;
  private final long end;
  private final Names names;
  private final ChunkSink sink;
  private final ChunkResult result = new ChunkResult();
  private @Nullable EventCount last; // of the event that was read last

  /** Takes what is read; may block. */
  interface ChunkSink {
    void batch(Batch batch) throws InterruptedException;

    /** An array for the cells of a batch, used before or new. */
    long[] cells();

    void progress(long bytes);
  }

  ChunkReader(FileChannel channel, ChunkHeader header, long end, Names names, ChunkSink sink) {
    this.window = new FileWindow(channel);
    this.header = header;
    this.end = end;
    this.names = names;
    this.sink = sink;
  }

  /**
   * @param earlier the types of an earlier chunk, for want of its own in one that is cut off
   */
  ChunkResult read(@Nullable Metadata earlier) throws IOException, InterruptedException {
    List<Long> checkpoints = new ArrayList<>();
    Metadata metadata = metadataAt(header.position() + header.metadata());
    boolean chained = metadata != null && chain(checkpoints);
    if (!chained) {
      checkpoints.clear();
      Metadata found = scan(checkpoints);
      metadata = metadata != null ? metadata : found != null ? found : earlier;
    }
    if (metadata == null) {
      result.lostBytes = Math.max(0, end - header.position());
      result.cutOff = true;
      return result;
    }
    result.metadata = metadata;
    Plans plans = new Plans(metadata);
    Constants constants = new Constants(plans);
    result.unresolved = constants.unresolved();
    for (long checkpoint : checkpoints) {
      addConstants(constants, checkpoint);
    }
    readEvents(plans, constants);
    return result;
  }

  private @Nullable Metadata metadataAt(long position) throws IOException {
    if (header.metadata() < ChunkHeader.BYTES || position >= end) {
      return null;
    }
    try {
      ByteReader in = window.event(position, window.locate(position, end));
      return in.readLong() == METADATA_EVENT ? Metadata.parse(in) : null;
    } catch (ByteReader.Malformed e) {
      return null;
    }
  }

  /** Follows the constants from the last to the first; false where the chain is broken. */
  private boolean chain(List<Long> checkpoints) throws IOException {
    long offset = header.checkpoint();
    try {
      while (checkpoints.size() < MAX_CHECKPOINTS) {
        if (offset < ChunkHeader.BYTES || header.position() + offset >= end) {
          return false;
        }
        long position = header.position() + offset;
        ByteReader in = window.event(position, window.locate(position, end));
        if (in.readLong() != CHECKPOINT_EVENT) {
          return false;
        }
        checkpoints.add(position);
        in.skipLong();
        in.skipLong();
        long delta = in.readLong();
        if (delta == 0) {
          return true;
        }
        if (delta > 0) {
          return false; // it would not end
        }
        offset += delta;
      }
      return false;
    } catch (ByteReader.Malformed e) {
      return false;
    }
  }

  /** Looks at every event for types and constants, as far as there are events. */
  private @Nullable Metadata scan(List<Long> checkpoints) throws IOException {
    Metadata metadata = null;
    long position = header.position() + ChunkHeader.BYTES;
    try {
      while (position < end) {
        int size = window.locate(position, end);
        long type = window.event(position, size).readLong();
        if (type == METADATA_EVENT) {
          Metadata found = metadataAt(position);
          metadata = found != null ? found : metadata;
        } else if (type == CHECKPOINT_EVENT && checkpoints.size() < MAX_CHECKPOINTS) {
          checkpoints.add(position);
        }
        position += size;
      }
    } catch (ByteReader.Malformed e) {
      // What follows cannot be read; the reading of events says so.
    }
    return metadata;
  }

  private void addConstants(Constants constants, long position) throws IOException {
    try {
      ByteReader in = window.event(position, window.locate(position, end));
      in.readLong();
      constants.add(in);
    } catch (ByteReader.Malformed e) {
      result.broken++;
    }
  }

  private void readEvents(Plans plans, Constants constants)
      throws IOException, InterruptedException {
    LongIntMap indexOf = new LongIntMap();
    List<EventCount> counts = new ArrayList<>();
    for (Metadata.Type type : plans.metadata().types()) {
      if (type.isEvent()) {
        indexOf.put(type.id(), counts.size());
        counts.add(new EventCount(type, EventKind.of(type.name())));
      }
    }
    result.counts = counts;
    ChunkTexts texts = new ChunkTexts(new StringCache(names), constants);
    RowOrder order = new RowOrder();
    Batch batch = new Batch(header, constants, sink.cells());
    long position = header.position() + ChunkHeader.BYTES;
    long told = position;
    while (position < end) {
      int size;
      try {
        size = window.enter(position, end);
      } catch (ByteReader.Malformed e) {
        result.cutOff = true;
        result.lostBytes += end - position;
        break;
      }
      readEvent(plans, indexOf, counts, texts, batch);
      position += size;
      if (batch.isFull()) {
        batch.sort(order);
        sink.batch(batch);
        batch = new Batch(header, constants, sink.cells());
      }
      if (position - told > 1 << 18) {
        sink.progress(position - told);
        told = position;
      }
    }
    batch.sort(order);
    sink.batch(batch);
    sink.progress(end - told);
  }

  private void readEvent(
      Plans plans, LongIntMap indexOf, List<EventCount> counts, ChunkTexts texts, Batch batch) {
    try {
      ByteReader in = window.entered();
      long type = in.readLong();
      EventCount count = last;
      if (count == null || count.type.id() != type) { // mostly it is the one just read
        int index = indexOf.get(type);
        if (index == LongIntMap.ABSENT) {
          return; // types and constants
        }
        count = counts.get(index);
        last = count;
      }
      count.count++;
      EventKind kind = count.kind;
      if (kind != null) {
        EventLayout layout = count.layout;
        if (layout == null) {
          layout = EventLayout.of(kind, count.type, plans);
          count.layout = layout;
        }
        layout.decode(in, batch, texts);
      }
    } catch (ByteReader.Malformed e) {
      result.broken++;
    }
  }

  /** How many events of a type there are. */
  static final class EventCount {
    final Metadata.Type type;
    final @Nullable EventKind kind;
    @Nullable EventLayout layout;
    long count;

    EventCount(Metadata.Type type, @Nullable EventKind kind) {
      this.type = type;
      this.kind = kind;
    }
  }

  /** What is known of a chunk when it has been read. */
  static final class ChunkResult {
    List<EventCount> counts = List.of();
    @Nullable Metadata metadata;
    long broken;
    LongAdder unresolved = new LongAdder();
    boolean cutOff;
    long lostBytes;
  }
}
