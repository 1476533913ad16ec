// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hooks that throw, block or interfere: never the application's problem. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HookFailureTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();
  private LogCapture log;

  @BeforeEach
  void captureLog() {
    log = LogCapture.of("io.taskscope.hooks");
    guard.expectHookFailures();
  }

  @AfterEach
  void releaseLog() {
    log.close();
  }

  /**
   * Throws in taskStarted while it is told to. Each test has a subclass, for a record of its own.
   */
  private abstract static class Failing implements TaskHook {
    final AtomicInteger calls = new AtomicInteger();
    volatile Throwable failure = new IllegalStateException("hook is broken");

    @Override
    public void taskStarted(Task<?> task) {
      calls.incrementAndGet();
      if (failure != null) {
        HookFailureTest.throwUnchecked(failure);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwUnchecked(Throwable error) throws X {
    throw (X) error;
  }

  private static HookStatus status(Class<?> hook) {
    return Hooks.status().stream()
        .filter(status -> status.hook().equals(hook.getName()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void hookThatThrows_reachesNeitherTaskNorOtherHooks() throws Exception {
    class Broken extends Failing {}
    RecordingHook other = new RecordingHook("other");
    TaskScope web = guard.root("web", o -> o.hook(new Broken()).hook(other));

    assertThat(web.spawn("t", () -> "result").get()).isEqualTo("result");
    assertThat(web.<String, RuntimeException>call("c", () -> "called")).isEqualTo("called");

    assertThat(other.calls).contains("other.started t", "other.finished t", "other.started c");
    assertThat(status(Broken.class).failures())
        .containsOnly(java.util.Map.entry("taskStarted", 2L));
    assertThat(status(Broken.class).quarantined()).isFalse();
  }

  @Test
  void hookThatThrows_isLoggedOnceAndThenQuarantined() throws Exception {
    class Broken extends Failing {}
    Broken hook = new Broken();
    TaskScope web = guard.root("web", o -> o.hook(hook));
    for (int i = 0; i < 10; i++) {
      web.spawn("t", () -> {}).get();
    }

    assertThat(hook.calls).hasValue(3);
    assertThat(status(Broken.class).failures()).containsEntry("taskStarted", 3L);
    assertThat(status(Broken.class).quarantined()).isTrue();
    assertThat(log.records).hasSize(2);
    assertThat(log.records.getFirst().getLevel()).isEqualTo(Level.WARNING);
    assertThat(log.records.getFirst().getThrown()).isSameAs(hook.failure);
    assertThat(log.messages())
        .allMatch(message -> message.contains(Broken.class.getName()))
        .allMatch(message -> message.contains("taskStarted"));
    assertThat(log.records.getLast().getLevel()).isEqualTo(Level.SEVERE);
    assertThat(log.messages().getLast()).contains("quarantined");
  }

  @Test
  void hookThatSucceedsInBetween_isNotQuarantined() throws Exception {
    class Unsteady extends Failing {}
    Unsteady hook = new Unsteady();
    TaskScope web = guard.root("web", o -> o.hook(hook));
    for (int i = 0; i < 30; i++) {
      hook.failure = i % 3 == 2 ? null : new IllegalStateException("now and then");
      web.spawn("t", () -> {}).get();
    }

    assertThat(hook.calls).hasValue(30);
    assertThat(status(Unsteady.class).failures()).containsEntry("taskStarted", 20L);
    assertThat(status(Unsteady.class).quarantined()).isFalse();
    assertThat(log.records).hasSize(1);
  }

  @Test
  void hookThatThrowsInSeveralMethods_isCountedByMethod() throws Exception {
    class Broken implements TaskHook {
      @Override
      public void taskCreated(Task<?> task) {
        throw new IllegalStateException("created");
      }

      @Override
      public void taskFinished(Task<?> task) {
        throw new IllegalStateException("finished");
      }
    }

    guard.root("web", o -> o.hook(new Broken())).spawn("t", () -> 1).get();

    assertThat(status(Broken.class).failures())
        .containsOnly(
            java.util.Map.entry("taskCreated", 1L), java.util.Map.entry("taskFinished", 1L));
    assertThat(log.records).hasSize(2);
  }

  @Test
  void hookThatThrowsErrors_isIsolatedLikeAnyOther() throws Exception {
    class Erring implements TaskHook {
      @Override
      public void taskCreated(Task<?> task) {
        throw new OutOfMemoryError("pretended");
      }

      @Override
      public void taskStarted(Task<?> task) {
        if (!task.isDone()) { // always, until the stack overflows
          taskStarted(task);
        }
      }
    }
    TaskScope web = guard.root("web", o -> o.hook(new Erring()));

    assertThat(web.spawn("t", () -> "result").get()).isEqualTo("result");
    assertThat(status(Erring.class).failures()).containsOnlyKeys("taskCreated", "taskStarted");
  }

  @Test
  void hooksOfScopes_thatThrow_disturbNoShutdown() {
    class Broken implements TaskHook {
      @Override
      public void scopeOpened(TaskScope scope) {
        throw new IllegalStateException("opened");
      }

      @Override
      public void scopeClosing(TaskScope scope) {
        throw new IllegalStateException("closing");
      }
    }
    TaskScope web = guard.root("web", o -> o.hook(new Broken()));
    assertThat(web.shutdown(Duration.ofSeconds(5)).result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(status(Broken.class).failures()).containsOnlyKeys("scopeOpened", "scopeClosing");
  }

  @Test
  void status_ofRemovedHooks_remembersTheirFailures() throws Exception {
    class Broken extends Failing {}
    TaskScope web = guard.root("web");
    for (int i = 0; i < 2; i++) {
      HookRegistration registration = Hooks.add(new Broken());
      assertThat(status(Broken.class).failures())
          .isEqualTo(i == 0 ? java.util.Map.of() : java.util.Map.of("taskStarted", 3L));
      for (int j = 0; j < 5; j++) {
        web.spawn("t", () -> {}).get();
      }
      assertThat(registration.status().failures()).containsEntry("taskStarted", 3L);
      assertThat(registration.status().hook()).isEqualTo(Broken.class.getName());
      registration.close();
    }

    assertThat(status(Broken.class).failures()).containsEntry("taskStarted", 6L);
    assertThat(status(Broken.class).quarantined()).isTrue();
    assertThat(Hooks.status()).extracting(HookStatus::hook).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void hookThatSpawnsTasks_breaksNothing() throws Exception {
    TaskHook spawning =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            spawnFor(task, "from created");
          }

          @Override
          public void taskStarted(Task<?> task) {
            spawnFor(task, "from started");
          }

          @Override
          public void taskFinished(Task<?> task) {
            spawnFor(task, "from finished");
          }

          private void spawnFor(Task<?> task, String name) {
            if (task.name().equals("t")) {
              task.scope().spawn(name, () -> {});
            }
          }
        };
    TaskScope web = guard.root("web", o -> o.hook(spawning));
    for (int i = 0; i < 100; i++) {
      web.spawn("t", () -> {});
    }
    web.join();

    assertThat(web.view().finished().success()).isEqualTo(400);
  }

  @Test
  void hookThatShutsTheScopeDown_holdsItUpNoLongerThanItsLimits() throws Exception {
    TaskHook closing =
        new TaskHook() {
          @Override
          public void taskFinished(Task<?> task) {
            task.scope().shutdown(Duration.ofSeconds(10));
          }
        };
    TaskScope web = guard.root("web", o -> o.hook(closing));
    Task<Integer> task = web.spawn("t", () -> 1);

    assertThat(task.get()).isEqualTo(1);
    await("end", () -> web.state() == ScopeState.CLOSED);
    assertThat(web.report().orElseThrow().result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThatThrownBy(() -> web.spawn("late", () -> 1)).isInstanceOf(ScopeClosedException.class);
  }

  @Test
  void scopeOpened_isToldBeforeTheEndOfTheScope() throws Exception {
    RecordingHook hook = new RecordingHook("h");
    TaskHook slow =
        new TaskHook() {
          @Override
          public void scopeOpened(TaskScope scope) {
            scope.parent().ifPresent(TaskScope::close); // or anyone else, just now
          }
        };
    TaskScope web = guard.root("web", o -> o.hook(slow).hook(hook));
    hook.calls.clear();

    web.child("child");
    await("the end, told on a thread of its own", () -> hook.calls.contains("h.closed /web/child"));

    assertThat(hook.calls)
        .filteredOn(call -> call.endsWith("/web/child"))
        .containsExactly("h.opened /web/child", "h.closing /web/child", "h.closed /web/child");
  }

  @Test
  void hookThatBlocksAtTheEndOfATask_isNotWaitedForByShutdown() {
    CountDownLatch never = guard.latch();
    TaskHook blocking =
        new TaskHook() {
          @Override
          public void taskFinished(Task<?> task) {
            awaitStubbornly(never);
          }
        };
    TaskScope web =
        guard.root(
            "web",
            o -> o.hook(blocking).drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(10)));
    Task<String> task = web.spawn("t", () -> "result");
    await("end of the body", () -> task.outcome().isPresent());
    assertThat(task.isDone()).isFalse();

    web.shutdown(Duration.ofSeconds(20));

    assertThat(task.isDone()).isTrue();
    assertThat(task.outcome()).contains(new Outcome.Success());
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void resultOfATask_whoseEndHookBlocks_isThereOnceItIsDone() throws Exception {
    CountDownLatch never = guard.latch();
    TaskHook blocking =
        new TaskHook() {
          @Override
          public void taskFinished(Task<?> task) {
            awaitStubbornly(never);
          }
        };
    TaskScope web =
        guard.root(
            "web",
            o -> o.hook(blocking).drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(10)));
    Task<String> task = web.spawn("t", () -> "result");
    await("end of the body", () -> task.outcome().isPresent());
    web.shutdown(Duration.ofSeconds(20));

    assertThat(task.state()).isEqualTo(Task.State.SUCCESS);
    assertThat(task.get(1, TimeUnit.SECONDS)).isEqualTo("result");
  }

  @Test
  void hooksAndHandlers_afterACancel_areNotInterrupted() {
    List<String> interrupted = new CopyOnWriteArrayList<>();
    List<Boolean> flags = new CopyOnWriteArrayList<>();
    TaskHook hook =
        new TaskHook() {
          @Override
          public void taskFinished(Task<?> task) {
            flags.add(Thread.currentThread().isInterrupted());
          }
        };
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.hook(hook)
                    .onFailure(
                        (task, error) -> {
                          flags.add(Thread.currentThread().isInterrupted());
                          return Decision.HANDLED;
                        }));
    Task<Object> task =
        web.spawn(
            "t",
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              interrupted.add("body");
              throw new IllegalStateException("keeps the interrupt");
            });
    await("start", task::hasStarted);
    task.cancel("stop");
    await("hook and handler", () -> flags.size() == 2);

    assertThat(interrupted).containsExactly("body");
    assertThat(new ArrayList<>(flags)).containsExactly(false, false);
  }
}
