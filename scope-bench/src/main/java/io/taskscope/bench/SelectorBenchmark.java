// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import io.taskscope.view.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Finding ten tasks among very many that are live, alone ({@code select}) and while another thread
 * starts a thousand tasks at a time in the same scope ({@code both:selecting} and {@code
 * both:spawningThousand}); next to that thread alone ({@code spawnThousand}).
 *
 * <p>Small unless told otherwise; the goal is for {@code -p tasks=1000000}.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-preview", "-Xms6g", "-Xmx6g"})
public class SelectorBenchmark extends NanosBenchmark {
  private static final int BATCH = SpawnBenchmark.BATCH;

  @Param("10000")
  public int tasks;

  @Param({"/bench[name=needle]", "/bench[name~'need.*']", "/bench[state=parked][name=needle]"})
  public String selector = "";

  private final TaskScope scope = TaskScope.root("bench", o -> o.drainTimeout(Duration.ZERO));

  @Setup
  public void fill() throws InterruptedException {
    Parked body = new Parked(tasks);
    for (int i = 0; i < tasks; i++) {
      scope.spawn(i % (tasks / 10) == 0 ? "needle" : "hay", (TaskAction<RuntimeException>) body);
    }
    body.awaitAll();
  }

  @TearDown
  public void close() {
    scope.shutdown(Duration.ofMinutes(1));
  }

  @Benchmark
  public List<TaskView> select() {
    return scope.tasks(selector);
  }

  @Benchmark
  public void spawnThousand() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    TaskAction<RuntimeException> body = done::countDown;
    for (int i = 0; i < BATCH; i++) {
      scope.spawn("task", body);
    }
    done.await();
  }

  @Benchmark
  @Group("both")
  public List<TaskView> selecting() {
    return select();
  }

  @Benchmark
  @Group("both")
  public void spawningThousand() throws InterruptedException {
    spawnThousand();
  }
}
