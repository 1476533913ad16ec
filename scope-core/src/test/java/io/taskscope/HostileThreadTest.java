// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads of the application whose {@code interrupt()} throws, or does not come back. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileThreadTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final LogCapture log = LogCapture.of("io.taskscope");

  @AfterEach
  void giveTheLogBack() {
    log.close();
  }

  private static Task<?> callOn(Thread thread, CompletableFuture<Task<?>> called) {
    thread.setDaemon(true);
    thread.start();
    return called.join();
  }

  private static Runnable parkedIn(TaskScope scope, CompletableFuture<Task<?>> called) {
    return () -> {
      try {
        scope.call(
            "parked",
            () -> {
              called.complete(Task.current().orElseThrow());
              new CountDownLatch(1).await();
            });
      } catch (InterruptedException expected) {
        // it is at its end
      }
    };
  }

  private static TaskScope hasty(TreeGuard guard, String name) {
    return guard.root(
        name, o -> o.drainTimeout(Duration.ofMillis(10)).cancelTimeout(Duration.ofMillis(200)));
  }

  /** Is interrupted, and says that it was not. */
  private static final class Refusing extends Thread {
    Refusing(Runnable body) {
      super(body, "refusing");
    }

    @Override
    public void interrupt() {
      super.interrupt();
      throw new SecurityException("no interrupts here");
    }
  }

  /** Is interrupted at some later time. */
  private static final class Slow extends Thread {
    private final CountDownLatch release;

    Slow(Runnable body, CountDownLatch release) {
      super(body, "slow");
      this.release = release;
    }

    @Override
    public void interrupt() {
      TreeGuard.awaitStubbornly(release);
      super.interrupt();
    }
  }

  @Test
  void cancel_whereInterruptThrows_isLoggedAndTheTaskEnds() throws Exception {
    TaskScope web = guard.root("web");
    CompletableFuture<Task<?>> called = new CompletableFuture<>();
    Thread thread = new Refusing(parkedIn(web, called));
    Task<?> task = callOn(thread, called);

    assertThat(task.cancel("enough")).isTrue();

    thread.join();
    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(log.records)
        .anySatisfy(
            record -> {
              assertThat(record.getMessage()).contains("could not be interrupted", "parked");
              assertThat(record.getThrown()).hasMessage("no interrupts here");
            });
  }

  @Test
  void close_whereInterruptThrows_comesToItsEnd() throws Exception {
    TaskScope web = hasty(guard, "web");
    CompletableFuture<Task<?>> called = new CompletableFuture<>();
    Thread thread = new Refusing(parkedIn(web, called));
    callOn(thread, called);

    web.close();

    thread.join();
    assertThat(web.report().orElseThrow().result()).isEqualTo(ShutdownReport.Result.CANCELLED);
  }

  @Test
  void close_whereInterruptBlocks_abandonsThatTaskAndInterruptsTheOthers() throws Exception {
    TaskScope web = hasty(guard, "web");
    Task<Void> before = web.spawn("before", () -> new CountDownLatch(1).await());
    CompletableFuture<Task<?>> called = new CompletableFuture<>();
    CountDownLatch release = guard.latch();
    Thread thread = new Slow(parkedIn(web, called), release);
    Task<?> slow = callOn(thread, called);
    Task<Void> after = web.spawn("after", () -> new CountDownLatch(1).await());

    web.close();

    assertThat(before.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(after.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(slow.outcome().orElseThrow()).isInstanceOf(Outcome.Abandoned.class);
    release.countDown();
    thread.join();
  }

  @Test
  void shutdown_whereInterruptBlocksElsewhere_isNotHeldUp() throws Exception {
    TaskScope web =
        guard.root(
            "web",
            o -> o.drainTimeout(Duration.ofMillis(10)).cancelTimeout(Duration.ofSeconds(30)));
    CompletableFuture<Task<?>> called = new CompletableFuture<>();
    CountDownLatch release = guard.latch();
    Thread thread = new Slow(parkedIn(web, called), release);
    callOn(thread, called);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(web::close);
    Eventually.holds(() -> web.state() == ScopeState.CANCELLING);

    TaskScope other = guard.root("other");
    other.spawn("parked", () -> new CountDownLatch(1).await());
    ShutdownReport report = other.shutdown(Duration.ofMillis(50));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CANCELLED);
    assertThat(closing).isNotDone();
    release.countDown();
    closing.join();
    thread.join();
    assertThat(web.report().orElseThrow().result()).isEqualTo(ShutdownReport.Result.CANCELLED);
  }

  @Test
  void body_endingWhileItsInterruptBlocks_goesOnAllTheSame() throws Exception {
    TaskScope web = guard.root("web");
    CompletableFuture<Task<?>> called = new CompletableFuture<>();
    CountDownLatch release = guard.latch();
    CountDownLatch end = guard.latch();
    Thread thread =
        new Slow(
            () ->
                web.call(
                    "ends",
                    () -> {
                      called.complete(Task.current().orElseThrow());
                      TreeGuard.awaitStubbornly(end);
                    }),
            release);
    Task<?> task = callOn(thread, called);
    CompletableFuture<Boolean> cancelled =
        CompletableFuture.supplyAsync(() -> task.cancel("enough"));
    Eventually.holds(() -> ((TaskRun<?>) task).nanosSinceCancel() > 0);
    end.countDown();

    thread.join();
    assertThat(task.isDone()).isTrue();
    release.countDown();
    cancelled.join();
  }
}
