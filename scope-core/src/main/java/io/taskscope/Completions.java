// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in the order in which they end, as they end. A failure that comes out here is in the hands
 * of the reader and not reported to the failure handlers as well.
 *
 * <p>At most 1 024 completions wait to be read. When the reader is slower than that, further ones
 * are dropped, counted in {@link #dropped()}, and failures among them go to the failure handlers.
 * The stream over a fixed set of tasks never drops one.
 *
 * <p>Thread-safe; a completion goes to one reader. Close it when you read no more.
 *
 * @param <T> the type of the results
 */
public interface Completions<T extends @Nullable Object> extends AutoCloseable {

  /**
   * Waits for the next task to end.
   *
   * @return empty when there will be none any more: every task of a fixed set has come out, the
   *     scope is closed, or this stream is
   * @throws InterruptedException if the calling thread is interrupted
   */
  Optional<Completion<T>> next() throws InterruptedException;

  /**
   * Waits for the next task to end, for some time.
   *
   * @return empty when there will be none any more, or none came in time
   * @throws InterruptedException if the calling thread is interrupted
   */
  Optional<Completion<T>> next(Duration timeout) throws InterruptedException;

  /**
   * The same as a stream, which waits for each element. If the reading thread is interrupted the
   * stream ends, and the thread stays interrupted.
   */
  Stream<Completion<T>> stream();

  /** How many completions were lost because nobody read fast enough. */
  long dropped();

  /** Ends it. What has not been read is gone. */
  @Override
  void close();
}
