// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many tasks, and many scopes inside each other. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void scope_withAHundredThousandLiveTasks_listsAndCancelsThemAll() throws Exception {
    int count = 100_000;
    TaskScope web = guard.root("web");
    for (int i = 0; i < count; i++) {
      web.spawn("waiting", LoadTest::parkUntilInterrupted);
    }

    assertThat(web.view().live()).isEqualTo(count);
    Set<Long> ids = new HashSet<>();
    web.tasks().forEach(task -> ids.add(task.id()));
    assertThat(ids).hasSize(count);
    assertThat(web.snapshot().scope().tasks()).hasSize(count);

    web.cancel("enough");
    web.join();

    assertThat(web.view().finished().cancelled()).isEqualTo(count);
    assertThat(web.tasks()).isEmpty();
  }

  @Test
  void shutdown_withAHundredThousandLiveTasks_keepsItsDeadline() {
    int count = 100_000;
    TaskScope web = guard.root("web", o -> o.drainTimeout(Duration.ZERO));
    for (int i = 0; i < count; i++) {
      web.spawn("waiting", LoadTest::parkUntilInterrupted);
    }
    await("start", () -> web.tasks().stream().allMatch(Task::hasStarted)); // see D35

    ShutdownReport report = web.shutdown(Duration.ofSeconds(30));

    assertThat(report.result()).isNotEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(report.counts().total()).isEqualTo(count);
    assertThat(report.duration()).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void scope_underLoadFromManyTasks_countsEveryTask() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope source = guard.root("source");
    for (int i = 0; i < 20; i++) {
      source.spawn(
          "spawner",
          () -> {
            for (int j = 0; j < 2_000; j++) {
              web.spawn("short", () -> {});
              web.call("called", () -> {});
            }
          });
    }
    source.join();
    web.join();

    assertThat(source.view().finished().success()).isEqualTo(20);
    assertThat(web.view().started()).isEqualTo(80_000);
    assertThat(web.view().finished().success()).isEqualTo(80_000);
    assertThat(web.view().live()).isZero();
  }

  @Test
  void blocks_thousandsInsideEachOther_openAndClose() {
    TaskScope web = guard.root("web");
    int depth = 10_000;
    web.call(
        "t",
        () -> {
          Deque<TaskScope> open = new ArrayDeque<>();
          for (int i = 0; i < depth; i++) {
            open.push(TaskScope.open("block"));
          }
          assertThat(TaskScope.current()).contains(open.peek());
          assertThat(web.descendants()).hasSize(depth);
          open.forEach(TaskScope::close);
        });

    assertThat(web.children()).isEmpty();
    assertThat(web.view().finished().success()).isEqualTo(1);
  }

  @Test
  void spawn_inThousandsOfNestedBlocks_works() throws Exception {
    Deque<TaskScope> open = new ArrayDeque<>();
    try {
      for (int i = 0; i < 50_000; i++) {
        open.push(TaskScope.open("block"));
      }
      assertThat(Task.current()).isEmpty();
      assertThat(open.getFirst().spawn("t", () -> 1).get()).isEqualTo(1);
    } finally {
      open.forEach(TaskScope::close);
    }
  }

  @Test
  void shutdown_ofBlocksNestedByTasks_waitsForAll() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch deep = new CountDownLatch(1);
    CountDownLatch release = guard.latch();
    Task<Integer> outermost = web.spawn("level", () -> descend(200, deep, release));
    deep.await();
    assertThat(web.descendants()).hasSize(200);

    release.countDown();
    ShutdownReport report = web.shutdown(Duration.ofSeconds(30));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(outermost.get()).isEqualTo(200);
    await("empty", () -> web.children().isEmpty());
  }

  /** Not a shared latch: leaving its queue costs time in proportion to those who wait in it. */
  private static void parkUntilInterrupted() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  /** A block with a task in it that opens a block with a task in it, and so on. */
  private static int descend(int levels, CountDownLatch deep, CountDownLatch release)
      throws Exception {
    if (levels == 0) {
      deep.countDown();
      release.await();
      return 0;
    }
    try (TaskScope block = TaskScope.open("level")) {
      Task<Integer> next = block.spawn("level", () -> descend(levels - 1, deep, release));
      block.join();
      return next.get() + 1;
    }
  }
}
