// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Decodes chunks on two threads and hands their batches on in the order of the file. */
final class ParallelChunks implements AutoCloseable {
  private static final int AHEAD = 2;
  private static final int QUEUED_BATCHES = 1;
  private static final int FIRST_CELLS = 1 << 16;

  private final FileChannel channel;
  private final Names names;
  private final AtomicLong bytesRead;
  private final BlockingQueue<long[]> free = new ArrayBlockingQueue<>(2 * AHEAD);
  private final ExecutorService decoders =
      Executors.newFixedThreadPool(
          AHEAD, Thread.ofPlatform().daemon().name("taskscope-decoder-", 0).factory());

  // Of the first chunk: the last one may be cut off before its own.
  private volatile @Nullable Metadata known;

  ParallelChunks(FileChannel channel, Names names, AtomicLong bytesRead) {
    this.channel = channel;
    this.names = names;
    this.bytesRead = bytesRead;
  }

  /** A chunk being decoded. */
  private final class Job implements ChunkReader.ChunkSink {
    final BlockingQueue<Batch> batches = new ArrayBlockingQueue<>(QUEUED_BATCHES);
    final Future<ChunkReader.ChunkResult> result;

    Job(ChunkList.Chunk chunk) {
      result = decoders.submit(() -> decode(chunk));
    }

    private ChunkReader.ChunkResult decode(ChunkList.Chunk chunk)
        throws IOException, InterruptedException {
      try {
        ChunkReader.ChunkResult read =
            new ChunkReader(channel, chunk.header(), chunk.end(), names, this).read(known);
        known = read.metadata != null ? read.metadata : known;
        return read;
      } finally {
        batches.put(END);
      }
    }

    @Override
    public void batch(Batch batch) throws InterruptedException {
      batches.put(batch);
    }

    @Override
    public long[] cells() {
      long[] used = free.poll();
      return used != null ? used : new long[FIRST_CELLS];
    }

    @Override
    public void progress(long bytes) {
      bytesRead.addAndGet(bytes);
    }
  }

  /** Says that no more batches come. */
  private static final Batch END =
      new Batch(
          new ChunkHeader(0, 0, 0, 0, 0, 0, 0, 1, 2, 0, true, true),
          new Constants(new Plans(Metadata.EMPTY)),
          new long[0]);

  List<ChunkReader.ChunkResult> read(List<ChunkList.Chunk> chunks, RecordingReader.BatchSink sink)
      throws IOException, InterruptedException {
    List<ChunkReader.ChunkResult> results = new ArrayList<>();
    Deque<Job> jobs = new ArrayDeque<>();
    int next = 0;
    while (next < chunks.size() || !jobs.isEmpty()) {
      while (next < chunks.size() && jobs.size() < AHEAD) {
        jobs.add(new Job(chunks.get(next++)));
      }
      Job job = jobs.remove();
      for (Batch batch = job.batches.take(); batch != END; batch = job.batches.take()) {
        sink.accept(batch);
        free.offer(batch.cells());
      }
      results.add(result(job));
    }
    return results;
  }

  private static ChunkReader.ChunkResult result(Job job) throws IOException, InterruptedException {
    try {
      return job.result.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        case null, default -> throw new IOException(e.getCause());
      }
    } catch (CancellationException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    decoders.shutdownNow(); // one that waits to hand on is interrupted
  }
}
