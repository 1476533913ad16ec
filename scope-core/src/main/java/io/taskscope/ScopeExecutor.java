// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An executor each of whose submissions is a task of the scope, on a virtual thread of its own.
 * Shutting the executor down concerns what was submitted through it and not the scope.
 */
final class ScopeExecutor implements ExecutorService {
  private final ScopeNode scope;
  private final Set<TaskRun<?>> live = ConcurrentHashMap.newKeySet();
  private volatile boolean shutdown;

  ScopeExecutor(ScopeNode scope) {
    this.scope = scope;
  }

  @Override
  public void execute(Runnable command) {
    submitTask(Names.ofBody(command), new AdoptedBody(command, null), null);
  }

  @Override
  public <T> Future<T> submit(Callable<T> task) {
    return this.<T>submitTask(Names.ofBody(task), task, null);
  }

  @Override
  public <T> Future<T> submit(Runnable task, T result) {
    return this.<T>submitTask(Names.ofBody(task), new AdoptedBody(task, result), null);
  }

  @Override
  public Future<?> submit(Runnable task) {
    return submitTask(Names.ofBody(task), new AdoptedBody(task, null), null);
  }

  /**
   * @param retriever is told of the end, from the very start on, and takes care of a failure
   */
  private <T extends @Nullable Object> TaskRun<T> submitTask(
      String name, Object body, @Nullable Consumer<TaskRun<?>> retriever) {
    if (shutdown) {
      throw new RejectedExecutionException(
          this + " is shut down: it takes no task \"" + name + "\"");
    }
    TaskRun<T> task = scope.prepare(name, TaskOrigin.ADOPTED, body);
    live.add(task);
    if (shutdown) { // it came between; whoever awaits termination may not have seen it
      left(task);
      throw new RejectedExecutionException(
          this + " is shut down: it takes no task \"" + name + "\"");
    }
    task.onLeave(this::left);
    if (retriever != null) {
      task.retrieveOnLeave(retriever);
    }
    try {
      return scope.start(task);
    } catch (ScopeClosedException closed) {
      left(task);
      throw new RejectedExecutionException(closed.getMessage(), closed);
    } catch (Throwable noThread) {
      left(task);
      throw noThread;
    }
  }

  private void left(TaskRun<?> task) {
    live.remove(task);
    if (shutdown) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
      throws InterruptedException {
    return invokeAll(tasks, Checks.FOREVER, TimeUnit.NANOSECONDS);
  }

  @Override
  public <T> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    long until = System.nanoTime() + Math.min(Checks.FOREVER, unit.toNanos(timeout));
    List<Task<T>> started = new ArrayList<>();
    try (CompletionBuffer<T> ended = CompletionBuffer.ofCount(tasks.size())) {
      startAll(tasks, started, ended);
      for (int i = 0; i < started.size(); i++) {
        if (next(ended, until).isEmpty()) {
          break; // out of time
        }
      }
    } finally {
      cancelAll(started);
    }
    List<Future<T>> done = new ArrayList<>();
    for (Task<T> task : started) {
      done.add(task.isDone() ? task : cancelled());
    }
    return done;
  }

  /** In place of a task that has not reacted to being cancelled yet: callers expect it done. */
  private static <T> Future<T> cancelled() {
    CompletableFuture<T> future = new CompletableFuture<>();
    future.cancel(true);
    return future;
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return invokeAny(tasks, Checks.FOREVER, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("after 73 years", e);
    }
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("invokeAny takes at least one task, and got none");
    }
    long until = System.nanoTime() + Math.min(Checks.FOREVER, unit.toNanos(timeout));
    List<Task<T>> started = new ArrayList<>();
    try (CompletionBuffer<T> ended = CompletionBuffer.ofCount(tasks.size())) {
      startAll(tasks, started, ended);
      Throwable last = null;
      for (int i = 0; i < started.size(); i++) {
        Optional<Completion<T>> next = next(ended, until);
        if (next.isEmpty()) {
          throw new TimeoutException(
              "no task succeeded within " + timeout + " " + unit.toChronoUnit());
        }
        if (next.get().isSuccess()) {
          ended.forget();
          return next.get().result();
        }
        Throwable error = next.get().error();
        last =
            error != null ? error : new CancellationException(next.get().task() + " was cancelled");
      }
      throw new ExecutionException("all " + started.size() + " tasks failed; the last one", last);
    } finally {
      cancelAll(started);
    }
  }

  private <T> void startAll(
      Collection<? extends Callable<T>> tasks, List<Task<T>> started, CompletionBuffer<T> ended) {
    for (Callable<T> task : tasks) {
      Objects.requireNonNull(task, "task");
      started.add(submitTask(Names.ofBody(task), task, ended::offer));
    }
  }

  private static <T> Optional<Completion<T>> next(CompletionBuffer<T> ended, long until)
      throws InterruptedException {
    return ended.next(java.time.Duration.ofNanos(Math.max(0, until - System.nanoTime())));
  }

  private static <T> void cancelAll(List<Task<T>> tasks) {
    for (Task<T> task : tasks) {
      if (!task.isDone()) {
        task.cancel("its result is no longer wanted");
      }
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
    synchronized (this) {
      notifyAll();
    }
  }

  /** Cancels what was submitted. Nothing waits in a queue, so the answer is always empty. */
  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    live.forEach(task -> task.cancel("the executor is shut down at once"));
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown || scope.state() == ScopeState.CLOSED;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown() && live.isEmpty();
  }

  @Override
  public synchronized boolean awaitTermination(long timeout, TimeUnit unit)
      throws InterruptedException {
    long until = System.nanoTime() + Math.min(Checks.FOREVER, unit.toNanos(timeout));
    while (!isTerminated()) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, Math.min(left / 1_000_000, 1_000))); // looks again, for the scope may close
    }
    return true;
  }

  @Override
  public String toString() {
    return "executor of " + scope.path();
  }
}
