// SPDX-License-Identifier: Apache-2.0
package io.taskscope.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.taskscope.Outcome;
import io.taskscope.ShutdownReport;
import io.taskscope.ShutdownReport.AbandonedTask;
import io.taskscope.Task;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Threads that a library started and nobody ended, when the scope they came from shuts down. */
@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class StrayThreadIT {
  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private TaskScope impatient(String name) {
    return taskscope.root(
        name, o -> o.drainTimeout(Duration.ofMillis(100)).cancelTimeout(Duration.ofMillis(500)));
  }

  /** An event loop of Netty's runs until its group is told to stop; an interrupt only wakes it. */
  @Test
  void shutdown_eventLoopThatIgnoresItsInterrupt_isAbandonedByNameWithItsStack() throws Exception {
    taskscope.expectLeaks();
    TaskScope app = impatient("app");
    NioEventLoopGroup group = new NioEventLoopGroup(1);
    try {
      app.spawn("connect", () -> group.submit(() -> {}).get()).get();
      assertThat(app.tasks())
          .singleElement()
          .satisfies(
              task -> {
                assertThat(task.origin()).isEqualTo(TaskOrigin.ADOPTED);
                assertThat(task.name()).containsIgnoringCase("EventLoopGroup");
                assertThat(task.where()).isNotEmpty();
              });

      ShutdownReport report = app.shutdown(Duration.ofSeconds(20));

      assertThat(report.result()).isEqualTo(ShutdownReport.Result.ABANDONED);
      AbandonedTask stray = report.abandoned().getFirst();
      assertThat(report.abandoned()).hasSize(1);
      assertThat(stray.name())
          .containsIgnoringCase("EventLoopGroup")
          .doesNotContainPattern("[0-9]");
      assertThat(stray.stack())
          .anyMatch(frame -> frame.getClassName().contains("netty.channel.nio.NioEventLoop"));
      assertThat(report.toString()).contains(stray.name(), "NioEventLoop");
      assertThat(group.isShuttingDown()).isFalse(); // it is the library's, and goes on
      assertThat(group.submit(() -> 42).get()).isEqualTo(42);
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(30, TimeUnit.SECONDS);
    }
  }

  /** Work in a library's pool that nobody waits for ends when it is interrupted. */
  @Test
  void shutdown_workLeftInAPoolOfReactors_isCancelledAndThePoolGoesOn() throws Exception {
    TaskScope app = impatient("app");
    Scheduler single = Schedulers.newSingle("proof-single");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try {
      app.spawn(
              "schedule",
              () ->
                  single.schedule(
                      () -> {
                        begun.countDown();
                        try {
                          Thread.sleep(Duration.ofDays(1));
                        } catch (InterruptedException e) {
                          ended.countDown();
                        }
                      }))
          .get();
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(app.tasks()).hasSize(1);
      Task<?> member = app.tasks().getFirst();

      ShutdownReport report = app.shutdown(Duration.ofSeconds(20));

      assertThat(report.result()).isEqualTo(ShutdownReport.Result.CANCELLED);
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(member.origin()).isEqualTo(TaskOrigin.ADOPTED);
      assertThat(member.outcome()).containsInstanceOf(Outcome.Cancelled.class);
      CountDownLatch more = new CountDownLatch(1);
      single.schedule(more::countDown);
      assertThat(more.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      single.dispose();
    }
  }
}
