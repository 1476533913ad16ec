// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.Task;
import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.TearDown;

/** What a hook adds to a task, over {@link SpawnBenchmark}. */
public class HookBenchmark extends NanosBenchmark {
  private static final int BATCH = SpawnBenchmark.BATCH;

  private final TaskScope none = TaskScope.root("none");
  private final TaskScope empty = TaskScope.root("empty", o -> o.hook(new TaskHook() {}));
  private final TaskScope all = TaskScope.root("all", o -> o.hook(new EveryTaskMethod()));

  /** Overrides what is called for every task. */
  private static final class EveryTaskMethod implements TaskHook {
    @Override
    public void taskCreated(Task<?> task) {}

    @Override
    public void taskStarted(Task<?> task) {}

    @Override
    public void taskFinished(Task<?> task) {}
  }

  @TearDown
  public void close() {
    none.shutdown(Duration.ofSeconds(10));
    empty.shutdown(Duration.ofSeconds(10));
    all.shutdown(Duration.ofSeconds(10));
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void noHook() throws InterruptedException {
    spawn(none);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void hookWithoutMethods() throws InterruptedException {
    spawn(empty);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void hookWithAllTaskMethods() throws InterruptedException {
    spawn(all);
  }

  private static void spawn(TaskScope scope) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    TaskAction<RuntimeException> body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      scope.spawn("task", body);
    }
    done.await();
  }
}
