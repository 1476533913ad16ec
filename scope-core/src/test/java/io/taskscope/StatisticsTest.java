// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.Statistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Counts by path. They live as long as the JVM, so each test has root names of its own and looks at
 * what was added.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatisticsTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static Optional<PathStatistics> find(String path) {
    return TaskScope.statistics().paths().stream().filter(s -> s.path().equals(path)).findFirst();
  }

  private static PathStatistics of(String path) {
    return find(path).orElseThrow(() -> new AssertionError(path + " has no statistics"));
  }

  @Test
  void statistics_ofLiveAndEndedTasks_showThem() throws Exception {
    TaskScope app =
        guard.root("stat-a").child("app", o -> o.onFailure((task, error) -> Decision.HANDLED));
    CountDownLatch release = guard.latch();
    Task<Void> live = app.spawn("t", () -> release.await());
    app.call("t", () -> {});
    assertThatThrownBy(
            () ->
                app.call(
                    "t",
                    () -> {
                      throw new Exception();
                    }))
        .isInstanceOf(Exception.class);

    PathStatistics stats = of("/stat-a/app");

    assertThat(stats.parentPath()).isEqualTo("/stat-a");
    assertThat(stats.name()).isEqualTo("app");
    assertThat(stats.depth()).isEqualTo(2);
    assertThat(of("/stat-a").parentPath()).isEmpty();
    assertThat(of("/stat-a").depth()).isEqualTo(1);
    assertThat(stats.longLived()).isTrue();
    assertThat(stats.openScopes()).isEqualTo(1);
    assertThat(stats.live()).isEqualTo(1);
    assertThat(stats.started())
        .containsOnlyKeys(TaskOrigin.values())
        .containsEntry(TaskOrigin.SPAWNED, 1L)
        .containsEntry(TaskOrigin.CALLED, 2L);
    assertThat(stats.finished()).isEqualTo(new OutcomeCounts(1, 1, 0, 0));
    assertThat(stats.states())
        .containsOnlyKeys(ScopeState.values())
        .containsEntry(ScopeState.OPEN, 1L)
        .containsEntry(ScopeState.DRAINING, 0L);
    assertThat(stats.oldestTask()).isPositive();
    assertThat(stats.shutdownDeadline()).isEmpty();
    release.countDown();
    live.get();
    assertThat(of("/stat-a/app").live()).isZero();
    assertThat(of("/stat-a/app").oldestTask()).isZero();
  }

  @Test
  void statistics_areSortedByPath() {
    guard.root("stat-b").child("z");
    guard.root("stat-b-c").child("a");

    assertThat(TaskScope.statistics().paths())
        .extracting(PathStatistics::path)
        .isSorted()
        .contains("/stat-b", "/stat-b/z", "/stat-b-c", "/stat-b-c/a");
  }

  @Test
  void statistics_ofSamePathInTwoTrees_areAddedUp() throws Exception {
    TaskScope one = guard.root("stat-d").child("app");
    TaskScope two = guard.root("stat-d").child("app");
    CountDownLatch release = guard.latch();
    Task<Void> first = one.spawn("t", () -> release.await());
    Task<Void> second = two.spawn("t", () -> release.await());

    assertThat(of("/stat-d").openScopes()).isEqualTo(2);
    assertThat(of("/stat-d/app").live()).isEqualTo(2);
    assertThat(of("/stat-d/app").states()).containsEntry(ScopeState.OPEN, 2L);
    one.parent().orElseThrow().shutdown(Duration.ZERO);
    assertThat(of("/stat-d/app").openScopes()).isEqualTo(1);
    assertThat(of("/stat-d/app").live()).isEqualTo(1);
    release.countDown();
    second.get();
    TreeGuard.await("end", first::isDone);
    TreeGuard.await("counts", () -> of("/stat-d/app").finished().total() == 2);
    assertThat(of("/stat-d/app").started()).containsEntry(TaskOrigin.SPAWNED, 2L);
  }

  @Test
  void path_thatReopens_goesOnCounting() {
    TaskScope web = guard.root("stat-e");
    TaskScope first = web.child("app");
    first.call("t", () -> {});
    first.close();

    assertThat(find("/stat-e/app")).as("closed for good").isEmpty();
    web.child("app").call("t", () -> {});

    assertThat(of("/stat-e/app").started()).containsEntry(TaskOrigin.CALLED, 2L);
    assertThat(of("/stat-e/app").finished().success()).isEqualTo(2);
  }

  @Test
  void path_ofBlocks_staysAsLongAsTheScopeAbove() {
    TaskScope web = guard.root("stat-f");
    for (int i = 0; i < 3; i++) {
      web.call(
          "t",
          () -> {
            try (TaskScope block = TaskScope.open("checkout")) {
              block.call("inner", () -> {});
            }
          });
    }
    PathStatistics stats = of("/stat-f/checkout");
    web.close();

    assertThat(stats.openScopes()).isZero();
    assertThat(stats.longLived()).isFalse();
    assertThat(stats.started()).containsEntry(TaskOrigin.CALLED, 3L);
    assertThat(find("/stat-f/checkout")).isEmpty();
    assertThat(find("/stat-f")).isEmpty();
  }

  @Test
  void shutdownDeadline_whileAShutdownIsUnderWay_isShown() {
    TaskScope web = guard.root("stat-g");
    CountDownLatch release = guard.latch();
    web.spawn("t", () -> release.await());
    Instant before = Instant.now();
    Thread shutdown = Thread.ofPlatform().start(() -> web.shutdown(Duration.ofSeconds(20)));
    TreeGuard.await("drain", () -> web.state() == ScopeState.DRAINING);

    assertThat(of("/stat-g").shutdownDeadline().orElseThrow())
        .isBetween(before.plusSeconds(19), Instant.now().plusSeconds(21));
    assertThat(web.shutdownDeadline()).isPresent();
    assertThat(of("/stat-g").states()).containsEntry(ScopeState.DRAINING, 1L);
    release.countDown();
    TreeGuard.await("end", () -> !shutdown.isAlive());
    assertThat(web.shutdownDeadline()).isEmpty();
  }

  @Test
  void shutdownWithoutDeadline_showsNone() {
    TaskScope web = guard.root("stat-h");
    CountDownLatch release = guard.latch();
    web.spawn("t", () -> release.await());
    Thread shutdown = Thread.ofPlatform().start(web::close);
    TreeGuard.await("drain", () -> web.state() == ScopeState.DRAINING);

    assertThat(web.shutdownDeadline()).isEmpty();
    release.countDown();
    TreeGuard.await("end", () -> !shutdown.isAlive());
  }

  @Test
  void paths_beyondTheLimit_areCountedTogetherAndRoomIsMade() {
    TaskScope web = guard.root("stat-i");
    long before = TaskScope.statistics().overflowed();
    TaskScope many = web.child("many");
    for (int i = 0; i < PathStats.MAX_PATHS; i++) {
      many.child("n-" + i);
    }
    TaskScope over = many.child("over");
    TaskScope below = over.child("below");
    over.call("t", () -> {});
    below.call("t", () -> {});

    Statistics full = TaskScope.statistics();
    assertThat(over.statisticsPath()).isEqualTo(PathStatistics.OTHER);
    assertThat(below.statisticsPath()).isEqualTo(PathStatistics.OTHER);
    assertThat(over.path()).isEqualTo("/stat-i/many/over");
    assertThat(below.path()).isEqualTo("/stat-i/many/over/below");
    assertThat(full.overflowed() - before).isGreaterThanOrEqualTo(2);
    assertThat(full.paths()).hasSizeLessThanOrEqualTo(PathStats.MAX_PATHS + 1);
    PathStatistics other = of(PathStatistics.OTHER);
    assertThat(other.depth()).isZero();
    assertThat(other.parentPath()).isEmpty();
    assertThat(other.openScopes()).isGreaterThanOrEqualTo(2);
    assertThat(other.finished().success()).isGreaterThanOrEqualTo(2);

    many.shutdown(Duration.ofSeconds(30));
    TaskScope fits = web.child("fits");
    assertThat(fits.statisticsPath()).isEqualTo("/stat-i/fits");
    assertThat(of(PathStatistics.OTHER).openScopes()).isZero();
    assertThat(of(PathStatistics.OTHER).finished()).isEqualTo(other.finished());
  }

  @Test
  void child_refusedByALongClosedScope_takesNoRoom() {
    TaskScope old = guard.root("stat-j").child("old");
    old.close();
    TaskScope web = guard.root("stat-k");
    for (int i = 0; i < PathStats.MAX_PATHS; i++) {
      web.child("n-" + i); // has the statistics of the closed scope dropped
    }
    web.shutdown(Duration.ofSeconds(30));

    for (int i = 0; i < PathStats.MAX_PATHS; i++) {
      String name = "late-" + i;
      assertThatThrownBy(() -> old.child(name)).isInstanceOf(ScopeClosedException.class);
    }

    assertThat(guard.root("stat-l").statisticsPath()).isEqualTo("/stat-l");
  }

  @Test
  void path_ofBlocks_staysWhenRoomIsNeeded() {
    TaskScope web = guard.root("stat-m");
    web.call("t", () -> TaskScope.open("checkout").close());
    for (int i = 0; i < PathStats.MAX_PATHS; i++) {
      web.child("n-" + i);
    }

    assertThat(find("/stat-m/checkout")).isPresent();
  }

  @Test
  void statistics_underLoad_addUpAtTheEnd() throws Exception {
    TaskScope web = guard.root("stat-n", o -> o.onFailure((task, error) -> Decision.HANDLED));
    TaskScope source = guard.root("stat-o");
    for (int i = 0; i < 4; i++) {
      source.spawn(
          "spawner",
          () -> {
            for (int j = 0; j < 1_000; j++) {
              int kind = j % 3;
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

    TreeGuard.await("end", () -> of("/stat-n").finished().total() == 4_000);
    PathStatistics stats = of("/stat-n");
    assertThat(stats.started()).containsEntry(TaskOrigin.SPAWNED, 4_000L);
    assertThat(stats.live()).isZero();
    assertThat(stats.finished()).isEqualTo(web.view().finished());
    assertThat(stats.finished().failure()).isEqualTo(4 * 334);
  }

  @Test
  void closedStatistics_ofAPathThatIsGone_areItsLastCounts() throws Exception {
    TaskScope app = guard.root("stat-gone").child("app");
    app.spawn("t", () -> {}).get();
    app.call(
        "with-block",
        () -> {
          try (TaskScope block = TaskScope.open("block")) {
            block.spawn("t", () -> {});
            block.join();
          }
        });
    app.shutdown(Duration.ofSeconds(10));
    assertThat(find("/stat-gone/app")).isEmpty();

    PathStatistics last = TaskScope.closedStatistics("/stat-gone/app").orElseThrow();
    PathStatistics block = TaskScope.closedStatistics("/stat-gone/app/block").orElseThrow();

    assertThat(last.path()).isEqualTo("/stat-gone/app");
    assertThat(last.finished()).isEqualTo(new OutcomeCounts(2, 0, 0, 0));
    assertThat(last.live()).isZero();
    assertThat(last.openScopes()).isZero();
    assertThat(block.finished()).isEqualTo(new OutcomeCounts(1, 0, 0, 0));
  }

  @Test
  void closedStatistics_ofAPathThatNeverWas_areEmpty() {
    guard.root("stat-never");
    for (String path :
        new String[] {"", "/", "x", "xstat-never", "/stat-never/x", "/stat-never/", "//"}) {
      assertThat(TaskScope.closedStatistics(path)).as(path).isEmpty();
    }
    assertThat(TaskScope.closedStatistics(PathStatistics.OTHER)).isPresent();
  }
}
