// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a thread knows about the scope it works for, and what it must not keep in memory. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContextTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  /** Waits until nothing but weak references leads to any of the objects. */
  static void awaitCollected(Collection<WeakReference<Object>> references) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (references.stream().anyMatch(reference -> reference.get() != null)) {
      assertThat(System.nanoTime() - until)
          .as(
              "still in memory: %s",
              references.stream().map(WeakReference::get).filter(o -> o != null).toList())
          .isNegative();
      System.gc();
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
  }

  private record Seen(TaskScope scope, Task<?> task) {
    static Seen here() {
      return new Seen(TaskScope.current().orElse(null), Task.current().orElse(null));
    }
  }

  /** Runs in a thread made by the factory, and says what the context was there. */
  private static Seen inThread(ThreadFactory factory) throws InterruptedException {
    AtomicReference<Seen> seen = new AtomicReference<>();
    Thread thread = factory.newThread(() -> seen.set(Seen.here()));
    thread.start();
    thread.join();
    return seen.get();
  }

  @Test
  void current_outsideOfAllScopes_isEmpty() throws Exception {
    assertThat(TaskScope.current()).isEmpty();
    assertThat(Task.current()).isEmpty();
    assertThat(inThread(Thread::new)).isEqualTo(new Seen(null, null));
  }

  @Test
  void current_insideATask_isThatTaskAndItsScope() throws Exception {
    TaskScope web = guard.root("web");
    Task<Seen> task = web.spawn("t", Seen::here);
    assertThat(task.get()).isEqualTo(new Seen(web, task));
  }

  @Test
  void current_inThreadsStartedByATask_isTheSame() throws Exception {
    TaskScope web = guard.root("web");
    for (ThreadFactory factory :
        List.<ThreadFactory>of(
            Thread::new, Thread.ofPlatform().factory(), Thread.ofVirtual().factory())) {
      Task<List<Seen>> task =
          web.spawn(
              "t",
              () -> {
                List<Seen> seen = new ArrayList<>();
                seen.add(inThread(factory));
                seen.add(
                    inThread(
                        body -> factory.newThread(() -> seen.add(inThreadUnchecked(factory)))));
                return seen;
              });
      assertThat(task.get()).hasSize(3).contains(new Seen(web, task));
    }
  }

  private static Seen inThreadUnchecked(ThreadFactory factory) {
    try {
      return inThread(factory);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void current_inThreadThatRefusesInheritance_isEmpty() throws Exception {
    TaskScope web = guard.root("web");
    Task<Seen> task =
        web.spawn(
            "t",
            () -> inThread(Thread.ofPlatform().inheritInheritableThreadLocals(false).factory()));
    assertThat(task.get()).isEqualTo(new Seen(null, null));
  }

  @Test
  void current_inExecutorsMadeInsideATask_isThatTask() throws Exception {
    TaskScope web = guard.root("web");
    Callable<ExecutorService> fixed = () -> Executors.newFixedThreadPool(1);
    Callable<ExecutorService> perTask = Executors::newVirtualThreadPerTaskExecutor;
    Callable<ExecutorService> forkJoin = () -> new ForkJoinPool(1);
    for (Callable<ExecutorService> maker : List.of(fixed, perTask, forkJoin)) {
      Task<Seen> task =
          web.spawn(
              "t",
              () -> {
                try (ExecutorService executor = maker.call()) {
                  return executor.submit(Seen::here).get();
                }
              });
      assertThat(task.get()).isEqualTo(new Seen(web, task));
    }
  }

  @Test
  void current_inThreadStartedInABlock_isTheBlock() throws Exception {
    TaskScope web = guard.root("web");
    Task<String> task =
        web.spawn(
            "t",
            () -> {
              try (TaskScope block = TaskScope.open("block")) {
                Seen seen = inThread(Thread.ofVirtual().factory());
                assertThat(seen.scope()).isSameAs(block);
                assertThat(seen.task().name()).isEqualTo("t");
                return block.path();
              }
            });
    assertThat(task.get()).isEqualTo("/web/block");
  }

  @Test
  void spawn_inThreadStartedByATask_hasThatTaskAsParent() throws Exception {
    TaskScope web = guard.root("web");
    AtomicReference<Task<?>> inner = new AtomicReference<>();
    CountDownLatch never = guard.latch();
    Task<Void> outer =
        web.spawn(
            "outer",
            () -> {
              inThread(
                  body -> new Thread(() -> inner.set(web.spawn("inner", () -> never.await()))));
              never.await();
            });
    await("inner", () -> inner.get() != null);

    assertThat(inner.get().parent()).contains(outer);
    assertThat(inner.get().scope()).isSameAs(web);
  }

  @Test
  void current_afterTheScopeClosed_isTheNearestOpenOneAbove() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope app = web.child("app");
    TaskScope handlers = app.child("handlers");
    CountDownLatch ask = new CountDownLatch(1);
    List<Seen> answers = new ArrayList<>();
    List<TaskScope> toClose = List.of(handlers, app, web);
    Thread[] thread = new Thread[1];
    AtomicReference<TaskScope> closeNext = new AtomicReference<>();
    Task<Void> task =
        handlers.spawn(
            "t",
            () -> {
              thread[0] =
                  Thread.ofPlatform()
                      .start(
                          () -> {
                            TreeGuard.awaitStubbornly(ask);
                            answers.add(Seen.here());
                            for (TaskScope scope : toClose) {
                              scope.close();
                              closeNext.set(scope);
                              answers.add(Seen.here());
                            }
                          });
            });
    task.get();
    ask.countDown();
    thread[0].join();

    assertThat(closeNext).hasValue(web);
    assertThat(answers)
        .containsExactly(
            new Seen(handlers, null),
            new Seen(app, null),
            new Seen(web, null),
            new Seen(null, null));
  }

  @Test
  void current_inAnAbandonedBody_hasNoTaskAndTheOpenScopeAbove() {
    TaskScope web = guard.root("web");
    TaskScope app =
        web.child("app", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(5)));
    CountDownLatch release = guard.latch();
    AtomicReference<Seen> seen = new AtomicReference<>();
    Task<Void> task =
        app.spawn(
            "t",
            () -> {
              TreeGuard.awaitStubbornly(release);
              seen.set(Seen.here());
            });
    await("start", task::hasStarted);
    app.close();
    release.countDown();
    await("answer", () -> seen.get() != null);

    assertThat(seen).hasValue(new Seen(web, null));
  }

  @Test
  void longLivedThread_startedInATask_keepsNothingOfIt() {
    CountDownLatch never = guard.latch();
    List<WeakReference<Object>> references = new ArrayList<>();
    AtomicBoolean running = new AtomicBoolean();
    startThreadsAndForget(references, never, running);

    assertThat(running).isTrue();
    awaitCollected(references);
  }

  /** In a method of its own, so that no local variable keeps anything. */
  private void startThreadsAndForget(
      List<WeakReference<Object>> references, CountDownLatch never, AtomicBoolean running) {
    TaskScope web = TaskScope.root("forgotten");
    TaskScope app = web.child("app");
    byte[] usedByBody = new byte[100];
    Task<byte[]> task =
        app.spawn(
            "t",
            () -> {
              try (TaskScope block = TaskScope.open("block")) {
                references.add(new WeakReference<>(block));
                startThreads(never, running);
                references.add(
                    new WeakReference<>(block.spawn("inner", () -> startThreads(never, running))));
                block.join();
              }
              return usedByBody.clone();
            });
    await("end", task::isDone);
    references.add(new WeakReference<>(task));
    references.add(new WeakReference<>(task.resultNow()));
    references.add(new WeakReference<>(usedByBody));
    references.add(new WeakReference<>(app));
    references.add(new WeakReference<>(web));
    web.shutdown(Duration.ofSeconds(5));
  }

  private static void startThreads(CountDownLatch never, AtomicBoolean running) {
    for (Thread.Builder builder : List.of(Thread.ofPlatform().daemon(), Thread.ofVirtual())) {
      builder.start(
          () -> {
            running.set(true);
            TreeGuard.awaitStubbornly(never);
          });
    }
  }

  @Test
  void finishedTask_keepsItsResultAndNothingElse() throws Exception {
    TaskScope web = guard.root("web");
    List<WeakReference<Object>> references = new ArrayList<>();
    Task<String> task = spawnWith(new byte[100], web, references);
    task.get();
    await("end", () -> task.thread().isEmpty());

    awaitCollected(references);
    assertThat(task.get()).isEqualTo("result");
  }

  private static Task<String> spawnWith(
      byte[] used, TaskScope scope, List<WeakReference<Object>> references) {
    references.add(new WeakReference<>(used));
    return scope.spawn(
        "t",
        () -> {
          references.add(new WeakReference<>(Thread.currentThread()));
          return used.length > 0 ? "result" : "";
        });
  }
}
