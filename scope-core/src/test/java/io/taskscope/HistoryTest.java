// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.view.Creator;
import io.taskscope.view.FinishedTask;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class HistoryTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private TaskScope root() {
    return guard.root(
        "web", o -> o.drainTimeout(Duration.ZERO).onFailure((task, error) -> Decision.HANDLED));
  }

  private static void fail(TaskScope scope, String name) {
    assertThatThrownBy(
            () ->
                scope.call(
                    name,
                    () -> {
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class);
  }

  private static List<String> names(List<FinishedTask> tasks) {
    return tasks.stream().map(FinishedTask::name).toList();
  }

  @Test
  void history_ofSomeTasks_isNewestFirst() throws Exception {
    TaskScope web = root();
    Instant before = Instant.now().minusMillis(100);
    for (int i = 0; i < 20; i++) {
      web.call("t" + i, () -> {});
    }

    List<FinishedTask> history = web.history();

    List<String> expected = new ArrayList<>();
    for (int i = 19; i >= 0; i--) {
      expected.add("t" + i);
    }
    assertThat(names(history)).isEqualTo(expected);
    FinishedTask newest = history.getFirst();
    assertThat(newest.path()).isEqualTo("/web");
    assertThat(newest.origin()).isEqualTo(TaskOrigin.CALLED);
    assertThat(newest.outcome()).isInstanceOf(Outcome.Success.class);
    assertThat(newest.finishedAt()).isBetween(before, Instant.now().plusMillis(100));
    assertThat(newest.times().age()).isPositive();
    assertThat(newest.creators()).isEmpty();
  }

  @Test
  void history_ofManyTasks_isTheLast64() throws Exception {
    TaskScope web = root();
    for (int i = 0; i < 1_000; i++) {
      web.call("t" + i, () -> {});
    }

    assertThat(web.history()).hasSize(64);
    assertThat(names(web.history())).startsWith("t999", "t998").endsWith("t937", "t936");
  }

  @Test
  void history_ofOldFailures_keeps32OfThem() throws Exception {
    TaskScope web = root();
    for (int i = 0; i < 50; i++) {
      fail(web, "f" + i);
    }
    for (int i = 0; i < 500; i++) {
      web.call("t" + i, () -> {});
    }

    List<FinishedTask> history = web.history();

    assertThat(history).hasSize(96);
    assertThat(names(history.subList(0, 64))).allMatch(name -> name.startsWith("t"));
    assertThat(names(history.subList(64, 96))).startsWith("f49").endsWith("f18");
  }

  @Test
  void history_ofFailuresAmongTheLast_showsEachOnce() {
    TaskScope web = root();
    for (int i = 0; i < 200; i++) {
      fail(web, "f" + i);
    }

    assertThat(web.history().stream().map(FinishedTask::id).toList()).doesNotHaveDuplicates();
    assertThat(names(web.history())).startsWith("f199", "f198");
  }

  @Test
  void history_ofBlocks_isThatOfTheScopeAround() throws Exception {
    TaskScope web = root();
    web.call(
        "request",
        () -> {
          try (TaskScope block = TaskScope.open("checkout")) {
            block.spawn("price", () -> 7);
            block.join();
            Eventually.holds(() -> names(block.history()).equals(List.of("price")));
          }
        });

    assertThat(names(web.history())).containsExactly("request", "price");
    assertThat(web.history().get(1).path()).isEqualTo("/web/checkout");
  }

  @Test
  void history_ofSize_isAsLargeAndHalf() throws Exception {
    TaskScope web = guard.root("web", o -> o.history(10));
    for (int i = 0; i < 20; i++) {
      fail(web, "f" + i);
    }
    for (int i = 0; i < 50; i++) {
      web.call("t", () -> {});
    }

    assertThat(web.history()).hasSize(15);
  }

  @Test
  void history_ofZero_keepsNothing() throws Exception {
    TaskScope web = guard.root("web", o -> o.history(0));
    fail(web, "f");
    web.call("t", () -> {});

    assertThat(web.history()).isEmpty();
  }

  @Test
  void history_option_refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> guard.root("web", o -> o.history(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("history must be 0 to 10000 tasks, but is -1");
    assertThatThrownBy(() -> guard.root("web", o -> o.history(10_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10001");
  }

  @Test
  void history_ofWholeTree_staysWithinTenThousand() throws Exception {
    TaskScope web = guard.root("web", o -> o.history(10_000));
    TaskScope app = web.child("app", o -> o.history(10_000));
    for (int i = 0; i < 8_000; i++) {
      web.call("t" + i, () -> {});
    }
    for (int i = 0; i < 8_000; i++) {
      app.call("t" + i, () -> {});
    }

    assertThat(web.history().size() + app.history().size()).isBetween(9_900, 10_000);
    assertThat(names(app.history())).startsWith("t7999");
    assertThat(names(web.history())).startsWith("t7999");
  }

  @Test
  void history_ofBranchThatClosed_makesRoomForOthers() throws Exception {
    TaskScope web = guard.root("web", o -> o.history(0));
    for (int round = 0; round < 3; round++) {
      TaskScope app = web.child("app", o -> o.history(10_000));
      for (int i = 0; i < 10_500; i++) {
        app.call("t", () -> {});
      }
      assertThat(app.history()).hasSizeBetween(9_900, 10_000);
      app.close();
    }
  }

  @Test
  void history_creators_areAtMostEightNearestFirst() throws Exception {
    TaskScope web = root();
    spawnNested(web, 12);
    Eventually.holds(() -> web.history().size() == 12);

    FinishedTask innermost =
        web.history().stream().filter(task -> task.name().equals("level 1")).findFirst().get();

    assertThat(innermost.creators().stream().map(Creator::name))
        .containsExactly(
            "level 2", "level 3", "level 4", "level 5", "level 6", "level 7", "level 8", "level 9");
    assertThat(innermost.creators()).allMatch(creator -> creator.path().equals("/web"));
    assertThat(innermost.creators().getFirst()).asString().contains("\"level 2\" of /web");
  }

  private static void spawnNested(TaskScope web, int level) {
    web.spawn(
        "level " + level,
        () -> {
          if (level > 1) {
            spawnNested(web, level - 1);
          }
        });
  }

  @Test
  void history_ofCancelledTask_tellsTheCancellerAndWhereThatCameFrom() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    Task<Void> victim = web.spawn("victim", () -> never.await());
    web.spawn("boss", () -> web.spawn("henchman", () -> victim.cancel("in the way")).get());
    Eventually.holds(() -> web.history().size() == 3);

    FinishedTask cancelled =
        web.history().stream().filter(task -> task.name().equals("victim")).findFirst().get();

    Outcome.Cancelled outcome = (Outcome.Cancelled) cancelled.outcome();
    assertThat(outcome.reason()).isEqualTo("in the way");
    assertThat(outcome.by()).contains("\"henchman\" of /web");
    assertThat(outcome.cancellers().stream().map(Creator::name))
        .containsExactly("henchman", "boss");
  }

  @Test
  void history_ofTaskCancelledByThread_namesTheThread() {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    Task<Void> victim = web.spawn("victim", () -> never.await());
    victim.cancel("enough");
    Eventually.holds(() -> !web.history().isEmpty());

    Outcome.Cancelled outcome = (Outcome.Cancelled) web.history().getFirst().outcome();
    assertThat(outcome.by()).isEqualTo("thread \"" + Thread.currentThread().getName() + "\"");
    assertThat(outcome.cancellers()).isEmpty();
  }

  @Test
  void history_holdsNoResultsAndNoTasks() throws Exception {
    TaskScope web = root();
    List<WeakReference<Object>> gone = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      gone.add(result(web));
    }

    for (WeakReference<Object> reference : gone) {
      Eventually.holds(
          () -> {
            System.gc();
            return reference.get() == null;
          });
    }
    Eventually.holds(() -> web.history().size() == 20);
    assertThat(names(web.history())).contains("large", "child of it");
  }

  private static WeakReference<Object> result(TaskScope web) throws Exception {
    Object large = new byte[1 << 20];
    Task<Object> task =
        web.spawn(
            "large",
            () -> {
              web.spawn("child of it", () -> {});
              return large;
            });
    assertThat(task.get()).isSameAs(large);
    web.join();
    return new WeakReference<>(large);
  }

  @Test
  void history_underManyThreads_isWholeAndBounded() throws Exception {
    TaskScope web = root();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 20_000; n++) {
                      web.call("t", () -> {});
                    }
                  }));
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      List<FinishedTask> history = web.history();
      assertThat(history).hasSizeLessThanOrEqualTo(64);
      assertThat(history.stream().map(FinishedTask::id).toList()).doesNotHaveDuplicates();
    }
    assertThat(web.history()).hasSize(64);
  }

  @Test
  void history_ofManyBusyScopes_isThereForEach() throws Exception {
    TaskScope web = root();
    List<TaskScope> scopes = new ArrayList<>();
    for (int i = 0; i < 100; i++) { // 100 times 96 is below the bound of the tree
      scopes.add(web.child("app-" + i));
    }
    for (TaskScope scope : scopes) {
      for (int i = 0; i < 300; i++) {
        scope.call("t" + i, () -> {});
      }
    }

    assertThat(scopes)
        .allSatisfy(
            scope -> {
              assertThat(scope.history()).as(scope.path()).hasSize(64);
              assertThat(names(scope.history())).startsWith("t299");
            });
  }
}
