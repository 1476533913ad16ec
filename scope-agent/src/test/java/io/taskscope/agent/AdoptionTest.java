// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.Adoption;
import io.taskscope.Decision;
import io.taskscope.Outcome;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads that tasks start, of every kind and with every option. */
@ExtendWith(TaskscopeExtension.class)
class AdoptionTest {
  private final TaskScope root =
      TaskScope.root("adoption", o -> o.onFailure((task, error) -> Decision.HANDLED));
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void close() {
    go.countDown();
    root.shutdown(Duration.ofSeconds(10));
  }

  /** How a library may start a thread. */
  enum Start {
    VIRTUAL {
      @Override
      Thread start(Runnable body) {
        return Thread.startVirtualThread(body);
      }
    },
    VIRTUAL_WITHOUT_INHERITANCE {
      @Override
      Thread start(Runnable body) {
        return Thread.ofVirtual().inheritInheritableThreadLocals(false).start(body);
      }
    },
    PLATFORM {
      @Override
      Thread start(Runnable body) {
        return Thread.ofPlatform().start(body);
      }
    },
    PLATFORM_WITHOUT_INHERITANCE {
      @Override
      Thread start(Runnable body) {
        return Thread.ofPlatform().inheritInheritableThreadLocals(false).start(body);
      }
    },
    SUBCLASS {
      @Override
      Thread start(Runnable body) {
        Thread thread =
            new Thread("subclass") {
              @Override
              public void run() {
                body.run();
              }
            };
        thread.start();
        return thread;
      }
    },
    FACTORY {
      @Override
      Thread start(Runnable body) {
        Thread thread = Executors.defaultThreadFactory().newThread(body);
        thread.start();
        return thread;
      }
    },
    PER_TASK_EXECUTOR {
      @Override
      Thread start(Runnable body) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        var executor = Executors.newVirtualThreadPerTaskExecutor();
        executor.execute(
            () -> {
              thread.set(Thread.currentThread());
              body.run();
            });
        executor.shutdown();
        Eventually.eventually("it runs", () -> thread.get() != null);
        return thread.get();
      }
    };

    abstract Thread start(Runnable body);
  }

  @ParameterizedTest
  @EnumSource
  void thread_startedInATask_isAMember(Start how) throws Exception {
    AtomicReference<Optional<Task<?>>> seen = new AtomicReference<>();
    Task<Thread> starter =
        root.spawn(
            "starter",
            () ->
                how.start(
                    () -> {
                      seen.set(Task.current());
                      await(go);
                    }));
    Thread thread = starter.get();
    Eventually.eventually("it has looked", () -> seen.get() != null);
    Task<?> member = seen.get().orElseThrow();
    assertThat(member.scope()).isSameAs(root);
    assertThat(member.origin()).isEqualTo(TaskOrigin.ADOPTED);
    assertThat(member.thread()).contains(thread);
    assertThat(root.tasks()).hasSize(1).first().isSameAs(member);
    go.countDown();
    thread.join();
    Eventually.eventually("it has left", () -> root.tasks().isEmpty());
    assertThat(member.outcome()).get().isInstanceOf(Outcome.Success.class);
  }

  @ParameterizedTest
  @EnumSource
  void thread_startedOutsideOfEveryScope_isNone(Start how) throws Exception {
    AtomicReference<Optional<Task<?>>> seen = new AtomicReference<>();
    long before = adopted();
    how.start(() -> seen.set(Task.current())).join();
    Eventually.eventually("it has looked", () -> seen.get() != null);
    assertThat(seen.get()).isEmpty();
    assertThat(adopted()).isEqualTo(before);
  }

  private long adopted() {
    return TaskScope.statistics().paths().stream()
        .mapToLong(path -> path.started().get(TaskOrigin.ADOPTED))
        .sum();
  }

  @ParameterizedTest
  @EnumSource
  void thread_underAnOption_isWhatTheOptionSays(Adoption option) throws Exception {
    TaskScope scope = root.child("option", o -> o.adoption(option));
    TaskScope below = scope.child("below"); // it holds for the subtree
    AtomicReference<Optional<TaskScope>> seen = new AtomicReference<>();
    below
        .spawn(
            "starter",
            () ->
                Thread.startVirtualThread(
                    () -> {
                      seen.set(TaskScope.current());
                      await(go);
                    }))
        .get();
    Eventually.eventually("it has looked", () -> seen.get() != null);
    boolean member = option == Adoption.ALL || option == Adoption.THREADS;
    assertThat(below.tasks()).hasSize(member ? 1 : 0);
    assertThat(seen.get()).contains(below);
  }

  @Test
  void thread_thatFails_isAFailedTaskAndReachesItsHandler() throws Exception {
    for (boolean virtual : new boolean[] {true, false}) {
      AtomicReference<Throwable> uncaught = new AtomicReference<>();
      IllegalStateException error = new IllegalStateException("thrown by a test");
      root.spawn(
              "starter",
              () -> {
                Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
                builder
                    .name("fails-7")
                    .uncaughtExceptionHandler((thread, thrown) -> uncaught.set(thrown))
                    .start(
                        () -> {
                          throw error;
                        });
              })
          .get();
      root.join();
      assertThat(uncaught.get()).isSameAs(error);
      assertThat(root.history())
          .filteredOn(task -> task.name().equals("fails-#"))
          .first()
          .extracting(task -> ((Outcome.Failure) task.outcome()).error())
          .isSameAs(error);
    }
  }

  @Test
  void cancel_ofAnAdoptedThread_interruptsIt() throws Exception {
    for (boolean virtual : new boolean[] {true, false}) {
      CountDownLatch interrupted = new CountDownLatch(1);
      root.spawn(
              "starter",
              () -> {
                Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
                builder.start(
                    () -> {
                      while (!Thread.currentThread().isInterrupted()) {
                        LockSupport.park();
                      }
                      interrupted.countDown();
                    });
              })
          .get();
      root.cancel("enough");
      interrupted.await();
      root.join();
      assertThat(root.history().getFirst().outcome()).isInstanceOf(Outcome.Cancelled.class);
    }
  }

  @Test
  void thread_thatCannotBeStarted_isAFailedTask() throws Exception {
    root.spawn(
            "starter",
            () -> {
              Thread thread = new Thread(() -> {}, "twice");
              thread.start();
              assertThatThrownBy(thread::start).isInstanceOf(IllegalThreadStateException.class);
              thread.join();
              assertThatThrownBy(thread::start).isInstanceOf(IllegalThreadStateException.class);
            })
        .get();
    assertThat(root.history()).filteredOn(task -> task.name().equals("twice")).hasSize(1);
  }

  @Test
  void thread_startedWhileTheScopeCloses_startsAllTheSame() throws Exception {
    TaskScope scope = root.child("closing");
    CountDownLatch started = new CountDownLatch(1);
    Task<Void> late =
        scope.spawn(
            "late",
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException expected) {
                Thread.startVirtualThread(started::countDown);
              }
            });
    Eventually.eventually("it waits", () -> late.times().parks() == 1);
    scope.shutdown(Duration.ZERO);
    started.await();
  }

  @Test
  void daemonThread_isShownAndNeverAwaited() throws Exception {
    TaskScope scope = root.child("background", o -> o.drainTimeout(Duration.ofSeconds(60)));
    scope
        .spawn("starter", () -> Thread.ofPlatform().daemon().name("helper-1").start(this::stay))
        .get();
    assertThat(scope.tasks()).extracting(Task::name).containsExactly("helper-#");
    scope.join(); // does not wait for it
    ShutdownReport report = scope.shutdown(Duration.ofSeconds(60));
    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(report.toString()).contains("helper-#");
  }

  private void stay() {
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new AssertionError("a background thread is not interrupted", e);
    }
  }

  @Test
  void threadsOfOurOwn_areTasksOnce() throws Exception {
    root.spawn(
            "starter",
            () -> {
              root.spawn("spawned", () -> {}).get();
              root.executor().submit(() -> {}).get();
              root.threadFactory().newThread(() -> {}).start();
            })
        .get();
    root.join();
    assertThat(root.history()).hasSize(4);
  }

  @Test
  void serviceThreadsOfTheJdk_areNotMembers() throws Exception {
    root.spawn(
            "starter",
            () -> {
              try (var client = java.net.http.HttpClient.newHttpClient()) {
                assertThat(root.tasks())
                    .extracting(Task::name)
                    .noneMatch(name -> name.contains("Selector"));
              }
            })
        .get();
    assertThat(root.history()).extracting("name").isEqualTo(List.of("starter"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
