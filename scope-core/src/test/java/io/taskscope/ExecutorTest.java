// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.awaitStubbornly;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class ExecutorTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final ConcurrentLinkedQueue<Throwable> handled = new ConcurrentLinkedQueue<>();

  private TaskScope root() {
    return guard.root(
        "web",
        o ->
            o.drainTimeout(Duration.ofMillis(50))
                .onFailure(
                    (task, error) -> {
                      handled.add(error);
                      return Decision.HANDLED;
                    }));
  }

  @Test
  void execute_ofRunnable_runsAsAdoptedTaskOfTheScope() throws Exception {
    TaskScope web = root();
    CompletableFuture<Task<?>> seen = new CompletableFuture<>();

    web.executor().execute(() -> seen.complete(Task.current().orElseThrow()));

    Task<?> task = seen.get(5, SECONDS);
    assertThat(task.scope()).isSameAs(web);
    assertThat(task.origin()).isEqualTo(TaskOrigin.ADOPTED);
    assertThat(task.name()).isEqualTo("ExecutorTest lambda");
    assertThat(task.bodyClass().getName()).startsWith(ExecutorTest.class.getName());
    web.join();
    assertThat(web.view().started()).isEqualTo(1);
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void execute_ofThrowingRunnable_goesToTheHandler() throws Exception {
    TaskScope web = root();
    IllegalStateException broken = new IllegalStateException("broken");

    web.executor()
        .execute(
            () -> {
              throw broken;
            });
    web.join();

    Eventually.holds(() -> !handled.isEmpty());
    assertThat(handled).containsExactly(broken);
  }

  @Test
  void submit_inAllForms_givesResults() throws Exception {
    ExecutorService executor = root().executor();
    AtomicInteger ran = new AtomicInteger();

    assertThat(executor.submit(() -> "called").get()).isEqualTo("called");
    assertThat(executor.submit(ran::incrementAndGet, "given").get()).isEqualTo("given");
    Runnable runnable = ran::incrementAndGet;
    assertThat((Object) executor.submit(runnable).get()).isNull();
    assertThat(ran).hasValue(2);
  }

  @Test
  void submit_ofThrowingCallable_isRetrievedByGet() {
    ExecutorService executor = root().executor();
    CountDownLatch asked = guard.latch();
    Future<Object> future =
        executor.submit(
            () -> {
              asked.await();
              throw new IOException("no disk");
            });
    Thread.ofVirtual()
        .start(
            () -> {
              Eventually.holds(() -> isAwaited(future));
              asked.countDown();
            });

    assertThatThrownBy(future::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThat(future.state()).isEqualTo(Future.State.FAILED);
    assertThat(handled).as("retrieved, so not reported").isEmpty();
  }

  private static boolean isAwaited(Future<?> future) {
    return ((TaskRun<?>) future).isAwaited();
  }

  @Test
  void submit_ofNull_throwsNullPointerException() {
    ExecutorService executor = root().executor();

    assertThatThrownBy(() -> executor.execute(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> executor.submit((Runnable) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> executor.submit((Callable<?>) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> executor.submit(null, "x")).isInstanceOf(NullPointerException.class);
  }

  @Test
  void invokeAll_ofAny_waitsForAllInOrder() throws Exception {
    TaskScope web = root();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      tasks.add(
          () -> {
            if (number % 10 == 7) {
              throw new IOException("number " + number);
            }
            return number;
          });
    }

    List<Future<Integer>> futures = web.executor().invokeAll(tasks);

    assertThat(futures).hasSize(50).allMatch(Future::isDone);
    for (int i = 0; i < 50; i++) {
      if (i % 10 == 7) {
        assertThat(futures.get(i).exceptionNow()).hasMessage("number " + i);
      } else {
        assertThat(futures.get(i).resultNow()).isEqualTo(i);
      }
    }
    assertThat(web.view().finished().failure()).isEqualTo(5);
  }

  @Test
  void invokeAll_ofFailingTasks_reportsNoneOfThem() throws Exception {
    ExecutorService executor = root().executor();
    Callable<Object> failing =
        () -> {
          throw new IOException("at once");
        };

    for (int i = 0; i < 300; i++) {
      executor.invokeAll(List.of(failing, failing));
    }

    assertThat(handled).as("the caller has the futures").isEmpty();
  }

  @Test
  void invokeAll_ofNothing_returnsNothing() throws Exception {
    assertThat(root().executor().invokeAll(List.<Callable<String>>of())).isEmpty();
  }

  @Test
  void invokeAll_pastItsTimeout_cancelsTheRest() throws Exception {
    ExecutorService executor = root().executor();
    CountDownLatch never = guard.latch();
    Callable<String> sleeper =
        () -> {
          never.await();
          return "late";
        };

    List<Future<String>> futures =
        executor.invokeAll(List.of(() -> "quick", sleeper, sleeper), 100, MILLISECONDS);

    assertThat(futures.get(0).get()).isEqualTo("quick");
    assertThatThrownBy(() -> futures.get(1).get(5, SECONDS))
        .isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> futures.get(2).get(5, SECONDS))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void invokeAll_pastItsTimeout_givesFuturesThatAreDone() throws Exception {
    ExecutorService executor = root().executor();
    CountDownLatch never = guard.latch();
    for (int i = 0; i < 20; i++) {
      List<Future<Boolean>> futures =
          executor.invokeAll(
              List.of(() -> never.await(1, java.util.concurrent.TimeUnit.HOURS)), 1, MILLISECONDS);

      assertThat(futures).as("as ExecutorService.invokeAll says").allMatch(Future::isDone);
    }
  }

  @Test
  void invokeAll_interrupted_cancelsAndThrows() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    web.executor()
                        .invokeAll(
                            List.of(
                                () -> {
                                  begun.countDown();
                                  never.await();
                                  return "late";
                                }));
                  } catch (Throwable e) {
                    thrown.set(e);
                  }
                });
    begun.await();
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    web.join();
    assertThat(web.view().finished().cancelled()).isEqualTo(1);
  }

  @Test
  void invokeAll_withNullAmongThem_cancelsWhatWasStarted() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    List<Callable<Object>> tasks = new ArrayList<>();
    tasks.add(
        () -> {
          never.await();
          return "late";
        });
    tasks.add(null);

    assertThatThrownBy(() -> web.executor().invokeAll(tasks))
        .isInstanceOf(NullPointerException.class);
    web.join();
    assertThat(web.view().finished().cancelled()).isEqualTo(1);
  }

  @Test
  void invokeAny_ofSome_returnsTheFirstSuccessAndCancelsTheRest() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    Callable<String> failing =
        () -> {
          throw new IOException("no");
        };
    Callable<String> sleeper =
        () -> {
          never.await();
          return "late";
        };

    String result = web.executor().invokeAny(List.of(failing, sleeper, () -> "won", sleeper));

    assertThat(result).isEqualTo("won");
    web.join();
    assertThat(web.view().finished().cancelled()).isEqualTo(2);
    assertThat(handled).isEmpty();
  }

  @Test
  void invokeAny_whereOneFailsWhileAnotherSucceeds_reportsNone() throws Exception {
    ExecutorService executor = root().executor();
    Callable<String> failing =
        () -> {
          throw new IOException("while the other succeeds");
        };

    for (int i = 0; i < 3_000; i++) {
      assertThat(executor.invokeAny(List.of(() -> "won", failing, failing))).isEqualTo("won");
    }
    assertThat(handled).as("nobody waits for the others any more").isEmpty();
  }

  @Test
  void invokeAny_whereAllFail_throwsAndReportsNone() {
    ExecutorService executor = root().executor();
    Callable<Object> failing =
        () -> {
          throw new IOException("at once");
        };

    for (int i = 0; i < 300; i++) {
      assertThatThrownBy(() -> executor.invokeAny(List.of(failing, failing)))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(IOException.class);
    }
    assertThat(handled).as("the caller has the error").isEmpty();
  }

  @Test
  void invokeAny_pastItsTimeout_throwsTimeoutException() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();

    assertThatThrownBy(
            () ->
                web.executor().invokeAny(List.of(() -> never.await(1, SECONDS)), 20, MILLISECONDS))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("20 Millis");
    web.join();
    assertThat(web.view().finished().cancelled()).isEqualTo(1);
  }

  @Test
  void invokeAny_ofNothing_throwsIllegalArgumentException() {
    assertThatThrownBy(() -> root().executor().invokeAny(List.<Callable<String>>of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one");
  }

  @Test
  void shutdown_ofExecutor_rejectsAndLeavesTheScopeOpen() throws Exception {
    TaskScope web = root();
    ExecutorService executor = web.executor();
    CountDownLatch release = guard.latch();
    Future<Boolean> running = executor.submit(() -> release.await(20, SECONDS));

    executor.shutdown();

    assertThat(executor.isShutdown()).isTrue();
    assertThat(executor.isTerminated()).isFalse();
    assertThat(executor.awaitTermination(10, MILLISECONDS)).isFalse();
    assertThatThrownBy(() -> executor.submit(() -> "late"))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("executor of /web is shut down");
    assertThat(web.state()).isEqualTo(ScopeState.OPEN);
    release.countDown();
    assertThat(executor.awaitTermination(5, SECONDS)).isTrue();
    assertThat(executor.isTerminated()).isTrue();
    assertThat(running.get()).isTrue();
    assertThat(web.executor().submit(() -> "another executor").get()).isEqualTo("another executor");
  }

  @Test
  void awaitTermination_wokenByTheLastTask_returnsAtOnce() throws Exception {
    ExecutorService executor = root().executor();
    CountDownLatch release = guard.latch();
    executor.submit(() -> release.await(20, SECONDS));
    executor.shutdown();
    long before = System.nanoTime();
    CompletableFuture<Boolean> awaiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return executor.awaitTermination(20, SECONDS);
              } catch (InterruptedException e) {
                return false;
              }
            });
    release.countDown();

    assertThat(awaiting.get()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void shutdownNow_ofExecutor_cancelsItsTasksOnly() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    CountDownLatch begun = new CountDownLatch(1);
    Task<Void> other = web.spawn("other", () -> never.await());
    ExecutorService executor = web.executor();
    Future<?> running =
        executor.submit(
            () -> {
              begun.countDown();
              never.await();
              return "late";
            });
    begun.await();

    assertThat(executor.shutdownNow()).isEmpty();

    assertThatThrownBy(running::get).isInstanceOf(CancellationException.class);
    assertThat(executor.awaitTermination(5, SECONDS)).isTrue();
    assertThat(other.isDone()).isFalse();
  }

  @Test
  void close_ofExecutor_waitsForItsTasks() {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch release = guard.latch();
    Thread releaser = Thread.ofVirtual().unstarted(release::countDown);
    try (ExecutorService executor = root().executor()) {
      executor.execute(
          () -> {
            awaitStubbornly(release);
            done.set(true);
          });
      releaser.start();
    }
    assertThat(done).isTrue();
  }

  @Test
  void submit_afterTheScopeClosed_isRejected() {
    TaskScope web = root();
    ExecutorService executor = web.executor();
    web.close();

    assertThatThrownBy(() -> executor.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("/web")
        .hasCauseInstanceOf(ScopeClosedException.class);
    assertThatThrownBy(() -> executor.invokeAll(List.of(() -> "x")))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(executor.isShutdown()).isTrue();
    assertThat(executor.isTerminated()).isTrue();
  }

  @Test
  void shutdown_ofScope_endsWhatWasSubmitted() {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    Future<?> future =
        web.executor()
            .submit(
                () -> {
                  never.await();
                  return "late";
                });

    ShutdownReport report = web.shutdown(Duration.ofSeconds(5));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CANCELLED);
    assertThat(future.isCancelled()).isTrue();
  }

  @Test
  void completableFuture_withTheExecutor_isMember() throws Exception {
    TaskScope web = root();

    String scope =
        CompletableFuture.supplyAsync(
                () -> TaskScope.current().orElseThrow().path(), web.executor())
            .thenApplyAsync(path -> path + TaskScope.current().orElseThrow().path(), web.executor())
            .get(5, SECONDS);

    assertThat(scope).isEqualTo("/web/web");
    web.join();
    assertThat(web.view().finished().success()).isEqualTo(2);
  }

  @Test
  void shutdown_duringSubmits_losesNothing() throws Exception {
    TaskScope web = root();
    for (int round = 0; round < 50; round++) {
      ExecutorService executor = web.executor();
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger ran = new AtomicInteger();
      Thread submitter =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (true) {
                        executor.execute(ran::incrementAndGet);
                        accepted.incrementAndGet();
                      }
                    } catch (RejectedExecutionException expected) {
                      // this ends the loop
                    }
                  });
      Eventually.holds(() -> ran.get() > 0);
      executor.shutdown();
      assertThat(executor.awaitTermination(10, SECONDS)).isTrue();
      int atTermination = ran.get();
      submitter.join();
      assertThat(atTermination).isEqualTo(accepted.get()).isEqualTo(ran.get());
    }
  }

  // ---- threadFactory

  @Test
  void threadFactory_thread_isMemberFromStartToEnd() throws Exception {
    TaskScope web = root();
    CountDownLatch release = guard.latch();
    Thread thread = web.threadFactory().newThread(() -> awaitStubbornly(release));
    assertThat(web.view().started()).as("not started yet").isZero();

    thread.start();
    Eventually.holds(() -> web.view().live() == 1);
    Task<?> task = web.tasks().getFirst();
    assertThat(task.origin()).isEqualTo(TaskOrigin.ADOPTED);
    assertThat(task.bodyClass().getName()).contains("ExecutorTest");
    release.countDown();
    thread.join();
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void threadFactory_ofClosedScope_answersNull() {
    TaskScope web = root();
    java.util.concurrent.ThreadFactory factory = web.threadFactory();
    web.close();

    assertThat(factory.newThread(() -> {})).isNull();
  }

  @Test
  void threadFactory_threadStartedAfterTheClose_runsInterrupted() throws Exception {
    TaskScope web = root();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread thread =
        web.threadFactory()
            .newThread(() -> interrupted.set(Thread.currentThread().isInterrupted()));
    web.close();

    thread.start();
    thread.join();

    assertThat(interrupted).hasValue(true);
    assertThat(web.view().started()).isZero();
  }

  @Test
  void threadFactory_inThreadPerTaskExecutor_makesMembers() throws Exception {
    TaskScope web = root();
    try (ExecutorService executor = Executors.newThreadPerTaskExecutor(web.threadFactory())) {
      assertThat(executor.submit(() -> TaskScope.current().orElseThrow().path()).get())
          .isEqualTo("/web");
    }
    web.join();
    assertThat(web.view().finished().success()).isEqualTo(1);
    web.close();
    try (ExecutorService executor = Executors.newThreadPerTaskExecutor(web.threadFactory())) {
      assertThatThrownBy(() -> executor.submit(() -> "late"))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }
}
