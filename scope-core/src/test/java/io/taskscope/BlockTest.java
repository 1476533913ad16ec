// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Blocks: where they are opened, what join says, and fail-fast. Leaving them is in BlockExitTest.
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void open_outsideOfAllScopes_isARoot() throws Exception {
    try (TaskScope block = TaskScope.open("checkout")) {
      assertThat(block.isBlock()).isTrue();
      assertThat(block.parent()).isEmpty();
      assertThat(block.path()).isEqualTo("/checkout");
      assertThat(block.options().policy()).isEqualTo(Policy.FAIL_FAST);
      assertThat(TaskScope.roots()).containsExactly(block);
      assertThat(TaskScope.current()).contains(block);
      Task<Integer> task = block.spawn("price", () -> 7);
      block.join();
      assertThat(task.get()).isEqualTo(7);
    }
    assertThat(TaskScope.current()).isEmpty();
    assertThat(TaskScope.roots()).isEmpty();
  }

  @Test
  void open_insideATask_isAChildOfItsScope() throws Exception {
    TaskScope web = guard.root("web");
    Task<String> task =
        web.spawn(
            "outer",
            () -> {
              Task<?> self = Task.current().orElseThrow();
              try (TaskScope block = TaskScope.open("checkout")) {
                assertThat(Task.current()).contains(self);
                assertThat(block.parent()).contains(web);
                try (TaskScope inner = TaskScope.open("inner")) {
                  assertThat(inner.parent()).contains(block);
                  return inner.path();
                } finally {
                  assertThat(TaskScope.current()).contains(block);
                }
              } finally {
                assertThat(TaskScope.current()).contains(web);
              }
            });

    assertThat(task.get()).isEqualTo("/web/checkout/inner");
    assertThat(web.children()).isEmpty();
  }

  @Test
  void open_byManyTasksOnOnePath_areToldApartById() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch all = new CountDownLatch(10);
    CountDownLatch release = guard.latch();
    for (int i = 0; i < 10; i++) {
      web.spawn(
          "request",
          () -> {
            try (TaskScope block = TaskScope.open("checkout")) {
              all.countDown();
              release.await();
              block.join();
            }
          });
    }
    all.await();

    assertThat(web.children())
        .hasSize(10)
        .extracting(TaskScope::path)
        .containsOnly("/web/checkout");
    assertThat(web.children()).extracting(TaskScope::id).doesNotHaveDuplicates();
    release.countDown();
    web.join();
    assertThat(web.children()).isEmpty();
    assertThat(web.view().finished().success()).isEqualTo(10);
  }

  @Test
  void join_whenAllSucceed_returnsAgainAndAgain() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    try (TaskScope block = TaskScope.open("block")) {
      block.join();
      block.spawn("t", () -> order.add("task"));
      block.join();
      order.add("joined");
      block.spawn("t", () -> order.add("second"));
      block.join();
      order.add("joined");
    }
    assertThat(order).containsExactly("task", "joined", "second", "joined");
  }

  @Test
  void join_whenATaskFails_throwsItWithTheLaterOnesSuppressed() {
    CountDownLatch never = guard.latch();
    IOException first = new IOException("first");
    IllegalStateException later = new IllegalStateException("later");
    try (TaskScope block = TaskScope.open("block", o -> o.onFailure((t, e) -> Decision.HANDLED))) {
      Task<Void> cleanup =
          block.spawn(
              "fails while cancelled",
              () -> {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  throw later;
                }
              });
      await("start", cleanup::hasStarted);
      Task<?> failing =
          block.spawn(
              "price",
              () -> {
                throw first;
              });

      assertThatThrownBy(block::join)
          .isInstanceOf(TaskFailedException.class)
          .hasCause(first)
          .hasSuppressedException(later)
          .hasMessageContaining("price")
          .hasMessageContaining("/block")
          .hasMessageContaining("first");
      assertThat(failing.exceptionNow()).isSameAs(first);
      assertThat(cleanup.exceptionNow()).isSameAs(later);
      assertThatThrownBy(block::join).as("again").hasCause(first);
    }
  }

  @Test
  void join_whenAThousandTasksFail_keepsSomeOfTheErrors() {
    CountDownLatch go = guard.latch();
    try (TaskScope block = TaskScope.open("block", o -> o.onFailure((t, e) -> Decision.HANDLED))) {
      for (int i = 0; i < 1_000; i++) {
        block.spawn(
            "failing",
            () -> {
              awaitStubbornly(go);
              throw new IOException();
            });
      }
      await("start", () -> block.tasks().stream().allMatch(Task::hasStarted));
      go.countDown();

      assertThatThrownBy(block::join)
          .isInstanceOf(TaskFailedException.class)
          .satisfies(e -> assertThat(e.getSuppressed()).hasSizeBetween(1, 100));
    }
  }

  @Test
  void failure_inFailFastBlock_cancelsSiblingsAndLatecomers() {
    CountDownLatch never = guard.latch();
    AtomicBoolean lateRan = new AtomicBoolean();
    try (TaskScope block = TaskScope.open("block", o -> o.onFailure((t, e) -> Decision.HANDLED))) {
      Task<Void> sibling = block.spawn("sibling", () -> never.await());
      AtomicReference<Task<?>> nested = new AtomicReference<>();
      Task<Void> owner =
          block.spawn(
              "owner",
              () -> {
                try (TaskScope inner = TaskScope.open("inner")) {
                  nested.set(inner.spawn("nested", () -> never.await()));
                  inner.join();
                }
              });
      await("start", () -> nested.get() != null && sibling.hasStarted());
      Task<?> failing =
          block.spawn(
              "price",
              () -> {
                throw new IOException("no price");
              });
      await("end", () -> sibling.isDone() && owner.isDone());
      Task<Void> late = block.spawn("late", () -> lateRan.set(true));

      assertThatThrownBy(block::join).isInstanceOf(TaskFailedException.class);
      for (Task<?> task : List.of(sibling, owner, late)) {
        Outcome.Cancelled how = (Outcome.Cancelled) task.outcome().orElseThrow();
        assertThat(how.reason()).contains("price").contains("no price");
        assertThat(how.by()).isEqualTo(failing.toString());
      }
      assertThat(nested.get().outcome().orElseThrow()) // maybe by its owner, who is faster
          .isInstanceOf(Outcome.Cancelled.class);
      assertThat(lateRan).isFalse();
    }
  }

  @Test
  void failure_inSuperviseBlock_leavesTheOthersAlone() throws Exception {
    CountDownLatch release = guard.latch();
    try (TaskScope block =
        TaskScope.open(
            "block", o -> o.policy(Policy.SUPERVISE).onFailure((t, e) -> Decision.HANDLED))) {
      Task<Void> sibling = block.spawn("sibling", () -> release.await());
      Task<?> failing =
          block.spawn(
              "failing",
              () -> {
                throw new IOException();
              });
      await("end", failing::isDone);
      assertThat(sibling.isDone()).isFalse();
      release.countDown();
      block.join();
      assertThat(sibling.state()).isEqualTo(Task.State.SUCCESS);
    }
  }

  @Test
  void cancelledTask_inFailFastBlock_isNoFailure() throws Exception {
    CountDownLatch never = guard.latch();
    try (TaskScope block = TaskScope.open("block")) {
      Task<Void> task = block.spawn("t", () -> never.await());
      task.cancel("not needed");
      Task<Integer> other = block.spawn("other", () -> 1);
      block.join();
      assertThat(task.isCancelled()).isTrue();
      assertThat(other.get()).isEqualTo(1);
    }
  }

  @Test
  void failFast_ofALongLivedScope_isThrownByJoin() {
    TaskScope web =
        guard.root("web", o -> o.policy(Policy.FAIL_FAST).onFailure((t, e) -> Decision.HANDLED));
    web.spawn(
        "failing",
        () -> {
          throw new IOException();
        });
    assertThatThrownBy(web::join).isInstanceOf(TaskFailedException.class);
  }

  @Test
  void join_insideATaskOfTheScope_isRefused() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope app = web.child("app");
    Task<String> task =
        app.spawn(
            "t",
            () -> {
              assertThatThrownBy(app::join)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("/web/app")
                  .hasMessageContaining("wait for itself");
              assertThatThrownBy(web::join).isInstanceOf(IllegalStateException.class);
              try (TaskScope block = TaskScope.open("block")) {
                assertThatThrownBy(app::join).isInstanceOf(IllegalStateException.class);
                block.call(
                    "called",
                    () -> {
                      assertThatThrownBy(block::join).isInstanceOf(IllegalStateException.class);
                      assertThatThrownBy(web::join).isInstanceOf(IllegalStateException.class);
                    });
                block.join();
              }
              app.child("below").join();
              return "done";
            });
    assertThat(task.get()).isEqualTo("done");
  }

  @Test
  void join_ofInterruptedThread_throwsAndTheTasksGoOn() {
    CountDownLatch release = guard.latch();
    try (TaskScope block = TaskScope.open("block")) {
      Task<Void> task = block.spawn("t", () -> release.await());
      Thread.currentThread().interrupt();

      assertThatThrownBy(block::join).isInstanceOf(InterruptedException.class);

      assertThat(task.isDone()).isFalse();
      assertThat(block.state()).isEqualTo(ScopeState.OPEN);
      release.countDown();
      await("end", task::isDone);
      assertThat(task.outcome()).contains(new Outcome.Success());
    }
  }

  @Test
  void join_byAnInterruptedOwner_cancelsTheTasksThroughTheExit() {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    AtomicReference<Task<?>> inner = new AtomicReference<>();
    Task<Void> owner =
        web.spawn(
            "owner",
            () -> {
              try (TaskScope block = TaskScope.open("block")) {
                inner.set(block.spawn("inner", () -> never.await()));
                block.join();
              }
            });
    await("start", () -> inner.get() != null && inner.get().hasStarted());

    owner.cancel("client is gone");
    await("end", owner::isDone);

    assertThat(owner.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(inner.get().outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(web.children()).isEmpty();
  }

  @Test
  void join_whileATaskIsLeavingABlock_waitsForThatTask() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch release = guard.latch();
    Task<Void> owner =
        web.spawn(
            "owner",
            () -> {
              try (TaskScope block = TaskScope.open("block", o -> o.policy(Policy.SUPERVISE))) {
                block.spawn("inner", () -> release.await());
              }
            });
    await("exit", () -> web.descendants().anyMatch(s -> s.state() == ScopeState.DRAINING));
    Thread joiner = Thread.currentThread();
    Thread.ofPlatform()
        .start(
            () -> {
              await("wait", () -> joiner.getState() == Thread.State.WAITING);
              release.countDown();
            });

    web.join();

    assertThat(release.getCount()).isZero();
    await("end", owner::isDone);
  }

  @Test
  void join_whileATaskClosesTheResourcesOfABlock_waitsForThatTask() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch release = guard.latch();
    web.spawn(
        "owner",
        () -> {
          try (TaskScope block = TaskScope.open("block")) {
            block.onClose(
                "slow",
                () -> {
                  closing.countDown();
                  awaitStubbornly(release);
                });
          }
        });
    closing.await();
    AtomicBoolean joined = new AtomicBoolean();
    Thread joiner =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    web.join();
                    joined.set(true);
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
    await("join", () -> joined.get() || joiner.getState() == Thread.State.WAITING);

    assertThat(web.view().live()).isEqualTo(1);
    assertThat(joined).isFalse();
    release.countDown();
    joiner.join();
    assertThat(joined).isTrue();
  }
}
