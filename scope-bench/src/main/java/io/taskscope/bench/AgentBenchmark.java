// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import io.taskscope.TaskAction;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Time per spawn and per step of a virtual thread, for {@link AgentComparison} to run with and
 * without agents. What ends in {@code Thread} is outside of all scopes, what ends in {@code Task}
 * is the body of a task.
 */
public class AgentBenchmark extends NanosBenchmark {
  private final TaskScope scope = TaskScope.root("bench");

  @TearDown
  public void close() {
    scope.shutdown(Duration.ofSeconds(10));
  }

  @Benchmark
  @OperationsPerInvocation(AgentWork.SPAWNS)
  public void spawnThread() throws InterruptedException {
    AgentWork.spawns();
  }

  /** With our agent each of the threads becomes a task. */
  @Benchmark
  @OperationsPerInvocation(AgentWork.SPAWNS)
  public void spawnThreadInTask() throws InterruptedException, ExecutionException {
    scope.spawn("spawner", AgentWork::spawns).get();
  }

  @Benchmark
  @OperationsPerInvocation(AgentWork.SPAWNS)
  public void spawnTask() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(AgentWork.SPAWNS);
    TaskAction<RuntimeException> body = done::countDown;
    for (int i = 0; i < AgentWork.SPAWNS; i++) {
      scope.spawn("task", body);
    }
    done.await();
  }

  @Benchmark
  @OperationsPerInvocation(AgentWork.STEPS)
  public void yieldThread() throws InterruptedException {
    Thread.startVirtualThread(AgentWork::yields).join();
  }

  @Benchmark
  @OperationsPerInvocation(AgentWork.STEPS)
  public void yieldTask() throws InterruptedException, ExecutionException {
    scope.spawn("yields", AgentWork::yields).get();
  }

  @Benchmark
  @OperationsPerInvocation(AgentWork.STEPS)
  public void parkThread() throws InterruptedException {
    HandOver work = new HandOver(AgentWork.STEPS);
    Thread one = Thread.ofVirtual().unstarted(() -> AgentWork.handOver(work, true));
    Thread two = Thread.ofVirtual().unstarted(() -> AgentWork.handOver(work, false));
    work.between(one, two);
    one.start();
    two.start();
    one.join();
    two.join();
  }

  @Benchmark
  @OperationsPerInvocation(AgentWork.STEPS)
  public void parkTask() throws InterruptedException, ExecutionException {
    HandOver work = new HandOver(AgentWork.STEPS);
    CountDownLatch known = new CountDownLatch(2);
    var one = scope.spawn("first", () -> work.join(known, true));
    var two = scope.spawn("second", () -> work.join(known, false));
    one.get();
    two.get();
  }
}
