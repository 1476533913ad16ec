// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A bounded queue between tasks that end and one who reads, never making the tasks wait. */
final class CompletionBuffer<T extends @Nullable Object> implements Completions<T> {
  static final int CAPACITY = 1_024;

  /** Lost in all buffers of this JVM, for the statistics. */
  static final AtomicLong ALL_DROPPED = new AtomicLong();

  private final int capacity;
  private final Consumer<CompletionBuffer<?>> onClose;
  private final Deque<Completion<T>> waiting = new ArrayDeque<>(); // guarded by this
  private long expected; // how many may still come; guarded by this
  private boolean closed; // guarded by this
  private long dropped; // guarded by this

  private CompletionBuffer(int capacity, long expected, Consumer<CompletionBuffer<?>> onClose) {
    this.capacity = capacity;
    this.expected = expected;
    this.onClose = onClose;
  }

  static CompletionBuffer<@Nullable Object> ofScope(Consumer<CompletionBuffer<?>> onClose) {
    return new CompletionBuffer<>(CAPACITY, Long.MAX_VALUE, onClose);
  }

  /** For as many tasks, which the caller makes known to it. */
  static <T extends @Nullable Object> CompletionBuffer<T> ofCount(int count) {
    return new CompletionBuffer<>(count, count, self -> {});
  }

  static <T extends @Nullable Object> CompletionBuffer<T> of(
      Collection<? extends Task<? extends T>> tasks) {
    List<TaskRun<?>> followed = new ArrayList<>();
    CompletionBuffer<T> buffer =
        new CompletionBuffer<>(
            tasks.size(), tasks.size(), self -> followed.forEach(TaskRun::retrieveNoMore));
    for (Task<? extends T> task : tasks) {
      TaskRun<?> run = (TaskRun<?>) task;
      followed.add(run);
      run.retrieveOnLeave(buffer::offer);
    }
    return buffer;
  }

  /** Takes a task that has ended, unless there is no room or nobody reads any more. */
  @SuppressWarnings("unchecked") // whoever makes the buffer feeds it with tasks of its type
  synchronized boolean offer(TaskRun<?> task) {
    if (closed) {
      return false;
    }
    expected--;
    if (waiting.size() >= capacity) {
      dropped++;
      ALL_DROPPED.incrementAndGet();
      return false;
    }
    Outcome outcome = task.outcome().orElseThrow();
    waiting.add(new Completion<>((Task<T>) task, outcome));
    notify();
    return true;
  }

  /** No more will come. */
  synchronized void end() {
    expected = 0;
    notifyAll();
  }

  @Override
  public Optional<Completion<T>> next() throws InterruptedException {
    return next(Duration.ofNanos(Checks.FOREVER));
  }

  @Override
  public synchronized Optional<Completion<T>> next(Duration timeout) throws InterruptedException {
    long until = System.nanoTime() + Checks.timeout("timeout", timeout);
    while (waiting.isEmpty() && expected > 0 && !closed) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
    Optional<Completion<T>> next = Optional.ofNullable(closed ? null : waiting.poll());
    next.ifPresent(read -> ((TaskRun<?>) read.task()).shown = true);
    if (expected == 0) {
      notifyAll(); // other readers may be waiting for what this one took
    }
    return next;
  }

  @Override
  public Stream<Completion<T>> stream() {
    Iterator<Completion<T>> iterator =
        new Iterator<>() {
          private Optional<Completion<T>> next = Optional.empty();

          @Override
          public boolean hasNext() {
            if (next.isEmpty()) {
              try {
                next = CompletionBuffer.this.next();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
            return next.isPresent();
          }

          @Override
          public Completion<T> next() {
            if (!hasNext()) {
              throw new NoSuchElementException("no task will end any more");
            }
            Completion<T> result = next.orElseThrow();
            next = Optional.empty();
            return result;
          }
        };
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                iterator, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(this::close);
  }

  /** How many have come that nobody has read. */
  synchronized int unread() {
    return waiting.size();
  }

  @Override
  public synchronized long dropped() {
    return dropped;
  }

  @Override
  public void close() {
    List<Completion<T>> unread;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      unread = List.copyOf(waiting);
      waiting.clear();
      notifyAll();
    }
    onClose.accept(this);
    unread.forEach(CompletionBuffer::reportIfUnseen);
  }

  /** The reader has what it wanted; how the others end, a failure included, is nobody's concern. */
  synchronized void forget() {
    closed = true;
    waiting.clear();
    notifyAll();
  }

  /** The reader was to have this failure, and has gone without it. */
  private static void reportIfUnseen(Completion<?> unread) {
    TaskRun<?> task = (TaskRun<?>) unread.task();
    if (unread.outcome() instanceof Outcome.Failure failure && !task.shown && !task.reported) {
      Failures.report(task, failure.error());
    }
  }
}
