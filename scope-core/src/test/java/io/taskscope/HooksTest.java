// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.AttachmentKey;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * When, in what order and on which thread hooks are called. Failing hooks are in HookFailureTest.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HooksTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  @Test
  void hooks_areCalledInOrderOfRegistration_andBackwardsAtTheEnd() throws Exception {
    try (HookRegistration a = Hooks.add(new RecordingHook("a", calls));
        HookRegistration b = Hooks.add(new RecordingHook("b", calls))) {
      TaskScope web =
          guard.root(
              "web",
              o -> o.hook(new RecordingHook("c", calls)).hook(new RecordingHook("d", calls)));
      TaskScope app = web.child("app", o -> o.hook(new RecordingHook("e", calls)));
      calls.clear();

      app.spawn("t", () -> 1).get();
      assertThat(calls)
          .containsExactly(
              "a.created t",
              "b.created t",
              "c.created t",
              "d.created t",
              "e.created t",
              "a.started t",
              "b.started t",
              "c.started t",
              "d.started t",
              "e.started t",
              "e.finished t",
              "d.finished t",
              "c.finished t",
              "b.finished t",
              "a.finished t");

      calls.clear();
      app.close();
      assertThat(calls)
          .containsExactly(
              "a.closing /web/app",
              "b.closing /web/app",
              "c.closing /web/app",
              "d.closing /web/app",
              "e.closing /web/app",
              "e.closed /web/app",
              "d.closed /web/app",
              "c.closed /web/app",
              "b.closed /web/app",
              "a.closed /web/app");
    }
  }

  @Test
  void hook_ofASubtree_isToldOfThatSubtreeOnly() throws Exception {
    RecordingHook hook = new RecordingHook("h");
    TaskScope web = guard.root("web");
    TaskScope app = web.child("app", o -> o.hook(hook));
    web.spawn("above", () -> 1).get();
    web.child("beside").spawn("beside", () -> 1).get();
    app.child("below").spawn("below", () -> 1).get();

    assertThat(hook.calls)
        .containsExactly(
            "h.opened /web/app",
            "h.opened /web/app/below",
            "h.created below",
            "h.started below",
            "h.finished below");
  }

  @Test
  void hook_addedWhileATaskRuns_doesNotSeeItsEnd() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch release = guard.latch();
    Task<Void> early = web.spawn("early", () -> release.await());
    await("start", early::hasStarted);
    RecordingHook hook = new RecordingHook("h");
    try (HookRegistration registration = Hooks.add(hook)) {
      release.countDown();
      early.get();
      web.spawn("late", () -> 1).get();
    }
    web.spawn("afterwards", () -> 1).get();

    assertThat(hook.calls).containsExactly("h.created late", "h.started late", "h.finished late");
  }

  @Test
  void hook_removedWhileATaskRuns_stillSeesItsEnd() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch release = guard.latch();
    RecordingHook hook = new RecordingHook("h");
    HookRegistration registration = Hooks.add(hook);
    Task<Void> task = web.spawn("t", () -> release.await());
    await("start", task::hasStarted);
    registration.close();
    registration.close();
    release.countDown();
    task.get();
    web.child("child");

    assertThat(hook.calls).containsExactly("h.created t", "h.started t", "h.finished t");
  }

  @Test
  void hook_removedBeforeATaskStarts_seesNeitherStartNorEnd() throws Exception {
    RecordingHook hook = new RecordingHook("h");
    HookRegistration registration = Hooks.add(hook);
    TaskHook remover =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            registration.close();
          }
        };
    guard.root("web", o -> o.hook(remover)).spawn("t", () -> 1).get();

    assertThat(hook.calls).containsExactly("h.opened /web", "h.created t");
  }

  @Test
  void hook_addedTwice_isCalledTwice() throws Exception {
    RecordingHook hook = new RecordingHook("h");
    TaskScope web = guard.root("web");
    try (HookRegistration first = Hooks.add(hook)) {
      try (HookRegistration second = Hooks.add(hook)) {
        web.spawn("t", () -> 1).get();
        assertThat(hook.calls).hasSize(6);
      }
      hook.calls.clear();
      web.spawn("t", () -> 1).get();
      assertThat(hook.calls).hasSize(3);
    }
  }

  @Test
  void hooks_ofTenThousandTasks_areCalledExactlyOnce() throws Exception {
    Map<Long, AtomicInteger> created = new ConcurrentHashMap<>();
    Map<Long, AtomicInteger> started = new ConcurrentHashMap<>();
    Map<Long, AtomicInteger> finished = new ConcurrentHashMap<>();
    TaskHook counting =
        new TaskHook() {
          private void count(Map<Long, AtomicInteger> counters, Task<?> task) {
            counters.computeIfAbsent(task.id(), id -> new AtomicInteger()).incrementAndGet();
          }

          @Override
          public void taskCreated(Task<?> task) {
            count(created, task);
          }

          @Override
          public void taskStarted(Task<?> task) {
            count(started, task);
          }

          @Override
          public void taskFinished(Task<?> task) {
            count(finished, task);
          }
        };
    TaskScope web =
        guard.root("web", o -> o.hook(counting).onFailure((task, error) -> Decision.HANDLED));
    TaskScope source = guard.root("source");
    for (int i = 0; i < 10; i++) {
      source.spawn(
          "spawner",
          () -> {
            for (int j = 0; j < 1_000; j++) {
              int kind = j % 4;
              Task<Void> task =
                  web.spawn(
                      "t",
                      () -> {
                        if (kind == 0) {
                          throw new Exception();
                        }
                      });
              if (kind == 1) {
                task.cancel("not wanted");
              }
            }
          });
    }
    source.join();
    web.join();

    assertThat(created).hasSize(10_000);
    assertThat(finished.keySet()).isEqualTo(created.keySet());
    assertThat(created.keySet()).containsAll(started.keySet());
    for (Map<Long, AtomicInteger> counters : List.of(created, started, finished)) {
      assertThat(counters.values()).allMatch(counter -> counter.get() == 1);
    }
  }

  @Test
  void hooks_addedAndRemovedWhileTasksRun_disturbNothing() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope source = guard.root("source");
    CountDownLatch stop = guard.latch();
    LongAdder seen = new LongAdder();
    TaskHook hook =
        new TaskHook() {
          @Override
          public void taskStarted(Task<?> task) {
            seen.increment();
          }

          @Override
          public void taskFinished(Task<?> task) {
            seen.decrement();
          }
        };
    Task<Long> spawner =
        source.spawn(
            "spawner",
            () -> {
              long count = 0;
              while (stop.getCount() > 0) {
                web.spawn("t", () -> {}).get();
                count++;
              }
              return count;
            });
    for (int i = 0; i < 2_000; i++) {
      try (HookRegistration registration = Hooks.add(hook)) {
        assertThat(registration.status().quarantined()).isFalse();
      }
    }
    stop.countDown();

    long spawned = spawner.get();
    web.join();
    assertThat(web.view().finished().success()).isEqualTo(spawned);
    assertThat(seen.sum()).as("every start that was seen has an end").isZero();
  }

  @Test
  void hooks_areCalledOnTheThreadsTheyPromise() throws Exception {
    Map<String, Thread> threads = new ConcurrentHashMap<>();
    TaskHook hook =
        new TaskHook() {
          @Override
          public void scopeOpened(TaskScope scope) {
            threads.put("opened", Thread.currentThread());
          }

          @Override
          public void taskCreated(Task<?> task) {
            threads.put("created", Thread.currentThread());
          }

          @Override
          public void taskStarted(Task<?> task) {
            threads.put("started", Thread.currentThread());
          }

          @Override
          public void taskFinished(Task<?> task) {
            threads.put("finished", Thread.currentThread());
            threads.computeIfAbsent("thread()", name -> task.thread().orElse(null));
          }

          @Override
          public void scopeClosing(TaskScope scope) {
            threads.put("closing", Thread.currentThread());
          }
        };
    Thread self = Thread.currentThread();
    TaskScope web = guard.root("web", o -> o.hook(hook));
    Thread body = web.spawn("t", Thread::currentThread).get();

    assertThat(threads).containsEntry("opened", self).containsEntry("created", self);
    assertThat(threads).containsEntry("started", body).containsEntry("finished", body);
    assertThat(threads).containsEntry("thread()", body);
    web.close();
    assertThat(threads.get("closing").getName()).startsWith("taskscope-");

    try (TaskScope block = TaskScope.open("block", o -> o.hook(hook))) {
      assertThat(block.isBlock()).isTrue();
    }
    assertThat(threads).containsEntry("closing", self);
    TreeGuard.withoutCarriers(
        release -> {
          try (TaskScope block = TaskScope.open("block", o -> o.hook(hook))) {
            return block.spawn("t", () -> 1).cancel("before it starts");
          }
        });
    assertThat(threads).containsEntry("finished", self);
  }

  @Test
  void phases_ofAShutdown_areToldInOrder() {
    RecordingHook hook = new RecordingHook("h");
    CountDownLatch never = guard.latch();
    TaskScope web = guard.root("web", o -> o.drainTimeout(Duration.ofMillis(5)).hook(hook));
    web.onClose("pool", () -> {});
    web.spawn("t", () -> never.await());

    web.close();

    assertThat(hook.calls)
        .filteredOn(call -> call.contains("/web"))
        .containsExactly(
            "h.opened /web",
            "h.closing /web",
            "h.phaseStarted DRAIN /web",
            "h.phaseEnded DRAIN /web",
            "h.phaseStarted CANCEL /web",
            "h.phaseEnded CANCEL /web",
            "h.phaseStarted RESOURCES /web",
            "h.phaseEnded RESOURCES /web",
            "h.closed /web");
  }

  @Test
  void taskAbandoned_isToldAtOnce_andTaskFinishedWhenTheBodyEnds() {
    AtomicReference<Task<?>> abandoned = new AtomicReference<>();
    AtomicReference<Outcome> atEnd = new AtomicReference<>();
    AtomicReference<Thread> endedOn = new AtomicReference<>();
    TaskHook hook =
        new TaskHook() {
          @Override
          public void taskAbandoned(Task<?> task) {
            abandoned.set(task);
          }

          @Override
          public void taskFinished(Task<?> task) {
            atEnd.set(task.outcome().orElseThrow());
            endedOn.set(Thread.currentThread());
          }
        };
    CountDownLatch release = guard.latch();
    TaskScope web =
        guard.root(
            "web",
            o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(5)).hook(hook));
    Task<Void> task = web.spawn("stubborn", () -> awaitStubbornly(release));
    await("start", task::hasStarted);
    Thread thread = task.thread().orElseThrow();

    web.close();
    assertThat(abandoned).hasValue(task);
    assertThat(atEnd).hasNullValue();
    release.countDown();
    await("end", () -> endedOn.get() != null);

    assertThat(atEnd.get()).isInstanceOf(Outcome.Abandoned.class);
    assertThat(endedOn).hasValue(thread);
  }

  @Test
  void attachment_ofOneHook_isSeenByTheNextAndInOtherMethods() throws Exception {
    AttachmentKey<String> key = AttachmentKey.of("span");
    List<String> seen = new CopyOnWriteArrayList<>();
    TaskHook writer =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            task.attach(key, "span of " + task.name());
          }
        };
    TaskHook reader =
        new TaskHook() {
          @Override
          public void taskStarted(Task<?> task) {
            seen.add(task.attachment(key));
          }

          @Override
          public void taskFinished(Task<?> task) {
            seen.add(task.attachment(key));
            task.attach(key, null);
          }
        };
    Task<Integer> task = guard.root("web", o -> o.hook(writer).hook(reader)).spawn("t", () -> 1);
    task.get();

    assertThat(seen).containsExactly("span of t", "span of t");
    assertThat(task.attachment(key)).isNull();
  }
}
