// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs the worker threads of JMH as tasks, so that a benchmark is measured from inside one without
 * having to get there each time. JMH makes it by name and calls the constructor.
 */
public final class WorkersAsTasks extends AbstractExecutorService {
  /** The system property that says whether the tasks have virtual threads. */
  static final String VIRTUAL = "taskscope.bench.virtual";

  private final TaskScope scope = TaskScope.root("bench");
  private final CountDownLatch shutdown = new CountDownLatch(1);

  /** As JMH wants it; each worker gets a new thread, so the limit does not matter. */
  public WorkersAsTasks(int maxThreads, String prefix) {}

  @Override
  public void execute(Runnable worker) {
    Runnable bound = () -> ScopedValue.where(CurrentBenchmark.SCOPED, scope).run(worker);
    if (Boolean.getBoolean(VIRTUAL)) {
      scope.spawn("worker", bound::run);
    } else {
      Thread.ofPlatform().start(() -> scope.call("worker", bound::run));
    }
  }

  @Override
  public void shutdown() {
    shutdown.countDown();
    scope.shutdown(Duration.ofSeconds(10));
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown.getCount() == 0;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return shutdown.await(timeout, unit);
  }
}
