// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.Adoption;
import io.taskscope.Outcome;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tasks give to pools, and what pools may do with it. */
@ExtendWith(TaskscopeExtension.class)
class PoolTest {
  private final TaskScope root = TaskScope.root("pools");
  private final ThreadPoolExecutor pool = pool(new ThreadPoolExecutor.AbortPolicy());
  private final CountDownLatch go = new CountDownLatch(1);

  /** One thread, and room for one in the queue. */
  private static ThreadPoolExecutor pool(RejectedExecutionHandler handler) {
    return new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(1), handler);
  }

  @AfterEach
  void close() {
    go.countDown();
    pool.shutdown();
    root.shutdown(Duration.ofSeconds(10));
  }

  private void inTask(io.taskscope.TaskAction<?> body)
      throws InterruptedException, ExecutionException {
    root.spawn("submitter", body).get();
  }

  private void assertNothingIsLeft() {
    Eventually.eventually("nothing is left in " + root.tasks(), () -> root.tasks().isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void submission_underAnOption_isWhatTheOptionSays(Adoption option) throws Exception {
    TaskScope scope = root.child("option", o -> o.adoption(option));
    AtomicReference<Optional<TaskScope>> seen = new AtomicReference<>();
    AtomicReference<Optional<Task<?>>> task = new AtomicReference<>();
    Task<Future<?>> submitter =
        scope.spawn(
            "submitter",
            () ->
                pool.submit(
                    () -> {
                      seen.set(TaskScope.current());
                      task.set(Task.current());
                    }));
    submitter.get().get();
    assertThat(seen.get())
        .isEqualTo(option == Adoption.NONE ? Optional.empty() : Optional.of(scope));
    if (option == Adoption.ALL) {
      assertThat(task.get().orElseThrow().parentId()).isEqualTo(submitter.id());
    }
    pool.submit(() -> seen.set(TaskScope.current())).get(); // from outside
    assertThat(seen.get()).isEmpty();
    scope.join();
    assertThat(scope.history()).hasSize(option == Adoption.ALL ? 2 : 1);
  }

  @Test
  void poolsOfEveryKind_runMembers() throws Exception {
    ForkJoinPool forkJoin = new ForkJoinPool(2);
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    try {
      inTask(
          () -> {
            Callable<Optional<Task<?>>> current = () -> Task.current();
            assertMember(pool.submit(current).get());
            assertMember(forkJoin.submit(current).get());
            assertMember(scheduler.schedule(current, 1, TimeUnit.MILLISECONDS).get());
            assertMember(CompletableFuture.supplyAsync(Task::current).get());
            assertMember(CompletableFuture.supplyAsync(Task::current, pool).get());
            assertMember(
                CompletableFuture.completedFuture(1).thenApplyAsync(one -> Task.current()).get());
            Executor delayed = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);
            assertMember(CompletableFuture.supplyAsync(Task::current, delayed).get());
          });
      assertNothingIsLeft();
    } finally {
      forkJoin.close();
      scheduler.close();
    }
  }

  private void assertMember(Optional<Task<?>> current) {
    Task<?> task = current.orElseThrow();
    assertThat(task.scope()).isSameAs(root);
    assertThat(task.name()).isEqualTo("PoolTest lambda");
  }

  @Test
  void context_ofPoolThreads_neverLeaksToTheNext() throws Exception {
    AtomicInteger wrong = new AtomicInteger();
    TaskScope other = root.child("other");
    try (ExecutorService shared = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 2_000; i++) {
        TaskScope scope = i % 2 == 0 ? root : other;
        scope.call("submitter", () -> submit(shared, Optional.of(scope), wrong));
        submit(shared, Optional.empty(), wrong);
      }
    }
    assertThat(wrong).hasValue(0);
    assertNothingIsLeft();
  }

  private static void submit(
      ExecutorService shared, Optional<TaskScope> expected, AtomicInteger wrong) {
    shared.execute(
        () -> {
          if (!TaskScope.current().equals(expected)) {
            wrong.incrementAndGet();
          }
        });
  }

  @Test
  void workersOfAPool_startedInATask_areNotMembersAndForgetIt() throws Exception {
    inTask(() -> pool.submit(() -> {}).get());
    assertNothingIsLeft(); // though the worker lives
    assertThat(pool.getPoolSize()).isEqualTo(1);
    assertThat(pool.submit(TaskScope::current).get()).isEmpty();
  }

  @Test
  void queue_ofAPool_holdsWhatTheApplicationGave() throws Exception {
    Runnable work = () -> {};
    inTask(
        () -> {
          pool.execute(this::stay);
          pool.execute(work);
          assertThat(pool.getQueue()).containsExactly(work);
          assertThat(root.tasks()).hasSize(3);
          assertThat(pool.remove(work)).isTrue();
          assertThat(root.tasks()).hasSize(2); // it is no member any more
        });
    go.countDown();
    assertNothingIsLeft();
  }

  private void stay() {
    try {
      go.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Job(int priority, List<Integer> done) implements Runnable, Comparable<Job> {
    @Override
    public int compareTo(Job other) {
      return Integer.compare(priority, other.priority);
    }

    @Override
    public void run() {
      done.add(priority);
    }
  }

  @Test
  void priorityQueue_ofComparableWork_keepsItsOrder() throws Exception {
    List<Integer> done = new java.util.concurrent.CopyOnWriteArrayList<>();
    ThreadPoolExecutor sorted =
        new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new PriorityBlockingQueue<>());
    inTask(
        () -> {
          CountDownLatch busy = new CountDownLatch(1);
          sorted.execute(
              () -> {
                busy.countDown();
                stay();
              });
          busy.await();
          sorted.execute(new Job(3, done));
          sorted.execute(new Job(1, done));
          sorted.execute(new Job(2, done));
        });
    go.countDown();
    sorted.close();
    assertThat(done).containsExactly(1, 2, 3);
    assertNothingIsLeft();
  }

  @Test
  void work_thatIsRejected_isNoLiveMember() throws Exception {
    inTask(
        () -> {
          pool.execute(this::stay);
          pool.execute(() -> {});
          assertThatThrownBy(() -> pool.execute(() -> {}))
              .isInstanceOf(RejectedExecutionException.class);
          assertThat(root.tasks()).hasSize(3);
        });
    go.countDown();
    assertNothingIsLeft();
  }

  @Test
  void work_thatIsDiscarded_isNoLiveMember() throws Exception {
    ThreadPoolExecutor discards = pool(new ThreadPoolExecutor.DiscardPolicy());
    ThreadPoolExecutor oldest = pool(new ThreadPoolExecutor.DiscardOldestPolicy());
    inTask(
        () -> {
          for (ThreadPoolExecutor each : List.of(discards, oldest)) {
            each.execute(this::stay);
            each.execute(() -> {});
            int before = root.tasks().size();
            each.execute(() -> {});
            assertThat(root.tasks()).hasSize(before);
          }
          assertThat(discards.shutdownNow()).hasSize(1);
          assertThat(oldest.shutdownNow()).hasSize(1);
        });
    assertNothingIsLeft();
  }

  @Test
  void work_runByItsCaller_isAMemberInsideIt() throws Exception {
    ThreadPoolExecutor callers = pool(new ThreadPoolExecutor.CallerRunsPolicy());
    AtomicReference<Optional<Task<?>>> seen = new AtomicReference<>();
    inTask(
        () -> {
          Optional<Task<?>> self = Task.current();
          callers.execute(this::stay);
          callers.execute(() -> {});
          callers.execute(() -> seen.set(Task.current()));
          assertThat(seen.get()).isPresent().isNotEqualTo(self);
          assertThat(Task.current()).isEqualTo(self);
          go.countDown();
          callers.close();
          callers.execute(() -> {}); // dropped in silence
        });
    assertNothingIsLeft();
  }

  @Test
  void work_thatAHandlerForgets_isFoundOut() throws Exception {
    ThreadPoolExecutor forgets = pool((work, executor) -> {});
    inTask(
        () -> {
          forgets.execute(this::stay);
          forgets.execute(() -> {});
          forgets.execute(new Job(1, List.of()));
        });
    Eventually.eventually(
        "the forgotten one has left",
        () -> {
          System.gc();
          return root.tasks().size() == 2;
        });
    go.countDown();
    forgets.close();
    assertNothingIsLeft();
  }

  @Test
  void cancel_ofQueuedWork_cancelsItsFuture() throws Exception {
    AtomicReference<Future<?>> future = new AtomicReference<>();
    AtomicInteger ran = new AtomicInteger();
    inTask(
        () -> {
          pool.execute(this::stay);
          future.set(pool.submit(ran::incrementAndGet));
        });
    root.tasks().stream().filter(task -> !task.hasStarted()).forEach(task -> task.cancel("enough"));
    go.countDown();
    Eventually.eventually("it is done", () -> future.get().isDone());
    assertThat(future.get().isCancelled()).isTrue();
    assertThat(ran).hasValue(0);
    assertNothingIsLeft();
  }

  @Test
  void cancel_ofRunningWork_interruptsItAndNotTheNext() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    inTask(
        () ->
            pool.execute(
                () -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                }));
    Eventually.eventually("it runs", () -> root.tasks().getFirst().hasStarted());
    root.cancel("enough");
    interrupted.await();
    assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
    assertNothingIsLeft();
  }

  @Test
  void failure_ofAFuture_isAFailedTaskAndItsReceivers() throws Exception {
    IllegalStateException error = new IllegalStateException("thrown by a test");
    AtomicInteger reported = new AtomicInteger();
    TaskScope scope =
        root.child(
            "fails",
            o ->
                o.onFailure(
                    (task, thrown) -> {
                      reported.incrementAndGet();
                      return io.taskscope.Decision.HANDLED;
                    }));
    Future<?> future =
        scope
            .<Future<?>>spawn(
                "submitter",
                () ->
                    pool.submit(
                        () -> {
                          throw error;
                        }))
            .get();
    assertThatThrownBy(future::get).hasCause(error);
    scope.join();
    // Its submitter may have left before it or after it.
    assertThat(scope.history())
        .extracting(ended -> (Object) ended.outcome())
        .contains(new Outcome.Failure(error));
    assertThat(reported).hasValue(0);
  }

  @Test
  void failure_ofAPlainBody_isReportedAndEndsTheWorkerAsEver() throws Exception {
    AtomicReference<Throwable> reported = new AtomicReference<>();
    TaskScope scope =
        root.child(
            "fails",
            o ->
                o.onFailure(
                    (task, thrown) -> {
                      reported.set(thrown);
                      return io.taskscope.Decision.HANDLED;
                    }));
    AtomicReference<Throwable> uncaught = new AtomicReference<>();
    pool.setThreadFactory(
        Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> uncaught.set(e)).factory());
    IllegalStateException error = new IllegalStateException("thrown by a test");
    scope
        .spawn(
            "submitter",
            () ->
                pool.execute(
                    () -> {
                      throw error;
                    }))
        .get();
    Eventually.eventually("both know", () -> reported.get() != null && uncaught.get() != null);
    assertThat(reported.get()).isSameAs(error);
    assertThat(uncaught.get()).isSameAs(error);
  }

  @Test
  void timers_ofASchedulerOfTheApplication_areMembersOnlyWhileTheyRun() throws Exception {
    try (ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1)) {
      TaskScope scope = root.child("timers");
      CountDownLatch ticks = new CountDownLatch(3);
      Future<?> timer =
          scope
              .<Future<?>>spawn(
                  "submitter",
                  () -> {
                    scheduler.schedule(() -> {}, 1, TimeUnit.HOURS);
                    new CompletableFuture<>().orTimeout(1, TimeUnit.HOURS);
                    return scheduler.scheduleAtFixedRate(
                        () -> {
                          if (TaskScope.current().equals(Optional.of(scope))) {
                            ticks.countDown();
                          }
                        },
                        1,
                        1,
                        TimeUnit.MILLISECONDS);
                  })
              .get();
      ticks.await();
      timer.cancel(false);
      scope.join(); // nobody waits for what is due in an hour
      assertThat(scope.history().size()).isGreaterThanOrEqualTo(4);
      scheduler.shutdownNow();
    }
  }
}
