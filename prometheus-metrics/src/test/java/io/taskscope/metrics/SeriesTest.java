// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskscope.TaskScope;
import io.taskscope.view.PathStatistics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which series there are, and when they come and go. */
class SeriesTest {
  private final AtomicLong clock = new AtomicLong(1_000_000_000_000L);

  private Fixture onTestClock() {
    return Fixture.bound(TaskscopeMetrics.builder().clock(clock::get).build());
  }

  @Test
  void series_ofAScopeThatOpened_areThereBeforeAnyScrape() {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();

      // Straight from the registry, without the refresh of a scrape.
      Scrape scrape = Scrape.parse(fixture.registry.scrape());

      assertThat(scrape.ofPath(root.path()))
          .extracting(Scrape.Sample::name)
          .contains("taskscope_tasks_active", "taskscope_scope_state", "taskscope_shutdowns_total");
    }
  }

  @Test
  void series_ofScopesOlderThanTheBinding_areThere() throws Exception {
    TaskScope root = TaskScope.root(Fixture.freshName());
    try {
      root.spawn("before", () -> {}).get();
      try (Fixture fixture = Fixture.bound()) {
        root.spawn("after", () -> {}).get();
        Scrape scrape = fixture.scrape();

        assertThat(scrape.sum("taskscope_tasks_finished_total", "scope_path", root.path()))
            .as("counts are complete from the start")
            .isEqualTo(2);
        assertThat(scrape.value("taskscope_task_duration_seconds_count", "scope_path", root.path()))
            .as("histograms begin with the binding")
            .isEqualTo(1);
        root.shutdown(Duration.ofSeconds(5));
        assertThat(
                fixture
                    .scrape()
                    .value(
                        "taskscope_shutdowns_total", "scope_path", root.path(), "result", "clean"))
            .isEqualTo(1);
      }
    } finally {
      root.shutdown(Duration.ofSeconds(5));
    }
  }

  @Test
  void series_ofAPathThatIsGone_showItsLastCountsForAWhile() throws Exception {
    try (Fixture fixture = onTestClock()) {
      TaskScope root = fixture.root();
      TaskScope child = root.child("child");
      child.spawn("t", () -> {}).get();
      assertThat(finished(fixture.scrape(), child)).isEqualTo(1);

      child.spawn("t", () -> {}).get(); // no scrape comes between this and the end
      child.shutdown(Duration.ofSeconds(5));
      Scrape scrape = fixture.scrape();

      assertThat(finished(scrape, child)).isEqualTo(2);
      assertThat(scrape.value("taskscope_task_duration_seconds_count", "scope_path", child.path()))
          .isEqualTo(2);
      assertThat(scrape.value("taskscope_tasks_active", "scope_path", child.path())).isZero();
      assertThat(
              scrape.value("taskscope_scope_state", "scope_path", child.path(), "state", "closed"))
          .isEqualTo(1);
      assertThat(scrape.sum("taskscope_scope_state", "scope_path", child.path())).isEqualTo(1);

      clock.addAndGet(TaskscopeMetrics.RETENTION.toNanos() - 1);
      assertThat(finished(fixture.scrape(), child)).isEqualTo(2);
      clock.addAndGet(1);
      assertThat(fixture.scrape().ofPath(child.path())).isEmpty();
      assertThat(fixture.scrape().ofPath(root.path())).isNotEmpty();
    }
  }

  private static double finished(Scrape scrape, TaskScope scope) {
    return scrape.sum("taskscope_tasks_finished_total", "scope_path", scope.path());
  }

  @Test
  void series_ofAPathThatWasNeverScraped_showItsCounts() throws Exception {
    try (Fixture fixture = onTestClock()) {
      TaskScope child = fixture.root().child("short");
      child.spawn("t", () -> {}).get();
      child.shutdown(Duration.ofSeconds(5));

      clock.addAndGet(Readings.PAUSE);
      // Straight from the registry, without the refresh of a scrape handler.
      Scrape scrape = Scrape.parse(fixture.registry.scrape());

      assertThat(finished(scrape, child)).isEqualTo(1);
      assertThat(
              scrape.value(
                  "taskscope_shutdowns_total", "scope_path", child.path(), "result", "clean"))
          .isEqualTo(1);
    }
  }

  @Test
  void series_ofAClosedPathOnAnyRegistry_showItsLastCountsForAWhile() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (TaskscopeMetrics metrics = TaskscopeMetrics.builder().clock(clock::get).build()) {
      metrics.bindTo(registry);
      TaskScope root = TaskScope.root(Fixture.freshName());
      root.spawn("t", () -> {}).get();
      root.shutdown(Duration.ofSeconds(5));
      metrics.refresh();

      assertThat(
              registry
                  .get("taskscope.tasks.finished")
                  .tags("scope.path", root.path(), "outcome", "success")
                  .functionCounter()
                  .count())
          .isEqualTo(1);
      clock.addAndGet(TaskscopeMetrics.RETENTION.toNanos());
      metrics.refresh();
      assertThat(registry.find("taskscope.tasks.finished").tags("scope.path", root.path()).meters())
          .isEmpty();
    }
  }

  @Test
  void counters_ofAPathThatReopens_continue() throws Exception {
    try (Fixture fixture = onTestClock()) {
      TaskScope root = fixture.root();
      String path = root.path() + "/child";
      for (int i = 0; i < 3; i++) {
        root.child("child").spawn("t", () -> {}).get();
      }
      assertThat(fixture.scrape().sum("taskscope_tasks_started_total", "scope_path", path))
          .isEqualTo(3);
      root.children().forEach(child -> child.shutdown(Duration.ofSeconds(5)));
      assertThat(fixture.scrape().sum("taskscope_tasks_started_total", "scope_path", path))
          .isEqualTo(3);

      TaskScope again = root.child("child");
      again.spawn("t", () -> {}).get();
      again.spawn("t", () -> {}).get();
      Scrape scrape = fixture.scrape();

      assertThat(scrape.sum("taskscope_tasks_started_total", "scope_path", path)).isEqualTo(5);
      assertThat(scrape.value("taskscope_shutdowns_total", "scope_path", path, "result", "clean"))
          .isEqualTo(3);
      clock.addAndGet(TaskscopeMetrics.RETENTION.toNanos());
      assertThat(fixture.scrape().find("taskscope_shutdowns_total", "scope_path", path))
          .as("it came back, so it is not removed")
          .hasSize(3);
    }
  }

  @Test
  void samePath_inTwoRoots_isOneSeriesWithTheSum() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      String name = Fixture.freshName();
      TaskScope one = fixture.root(name);
      TaskScope two = fixture.root(name);
      one.spawn("t", () -> {}).get();
      two.spawn("t", () -> {}).get();
      two.spawn("t", () -> {}).get();

      Scrape both = fixture.scrape();
      assertThat(both.find("taskscope_tasks_active", "scope_path", "/" + name)).hasSize(1);
      assertThat(both.sum("taskscope_tasks_started_total", "scope_path", "/" + name)).isEqualTo(3);
      assertThat(both.value("taskscope_scope_state", "scope_path", "/" + name, "state", "open"))
          .isEqualTo(1);

      one.shutdown(Duration.ofSeconds(5));
      assertThat(fixture.scrape().sum("taskscope_tasks_started_total", "scope_path", "/" + name))
          .as("the path goes on, so its counters do")
          .isEqualTo(3);
    }
  }

  @Test
  void blocks_ofOnePath_keepTheirSeriesBetweenThem() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      for (int i = 0; i < 2; i++) {
        root.call(
            "request",
            () -> {
              try (TaskScope block = TaskScope.open("checkout")) {
                block.spawn("price", () -> {});
                block.join();
              }
            });
        Scrape scrape = fixture.scrape();
        String path = root.path() + "/checkout";
        assertThat(scrape.sum("taskscope_tasks_finished_total", "scope_path", path))
            .isEqualTo(i + 1);
        assertThat(scrape.value("taskscope_task_duration_seconds_count", "scope_path", path))
            .isEqualTo(i + 1);
        assertThat(scrape.find("taskscope_scope_state", "scope_path", path)).isEmpty();
        assertThat(scrape.find("taskscope_shutdowns_total", "scope_path", path)).isEmpty();
      }
    }
  }

  @Test
  void paths_beyondTheLimit_areCountedUnderOther() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      double before = fixture.scrape().value("taskscope_paths_overflowed_total");
      for (int i = 0; i < 1_100; i++) {
        root.child("c" + i).spawn("t", () -> {}).get();
      }

      Scrape scrape = fixture.scrape();
      double overflowed = scrape.value("taskscope_paths_overflowed_total") - before;

      assertThat(overflowed).isGreaterThanOrEqualTo(100);
      assertThat(scrape.find("taskscope_tasks_active")).hasSizeLessThanOrEqualTo(1_001);
      assertThat(scrape.sum("taskscope_tasks_started_total", "scope_path", PathStatistics.OTHER))
          .isEqualTo(overflowed);
      assertThat(
              scrape.value(
                  "taskscope_task_duration_seconds_count", "scope_path", PathStatistics.OTHER))
          .isEqualTo(overflowed);
      Scrape.Sample info =
          scrape.find("taskscope_scope_info", "scope_path", PathStatistics.OTHER).getFirst();
      assertThat(info.labels())
          .containsEntry("parent_path", "")
          .containsEntry("name", PathStatistics.OTHER)
          .containsEntry("depth", "0");
    }
  }

  @Test
  void scopeInfo_ofEveryPath_agreesWithTheStatisticsOfTheCore() {
    try (Fixture fixture = Fixture.bound()) {
      fixture.root().child("a").child("b");
      Scrape scrape = fixture.scrape();

      for (PathStatistics statistics : TaskScope.statistics().paths()) {
        assertThat(scrape.find("taskscope_scope_info", "scope_path", statistics.path()))
            .singleElement()
            .extracting(Scrape.Sample::labels)
            .isEqualTo(
                Map.of(
                    "scope_path", statistics.path(),
                    "parent_path", statistics.parentPath(),
                    "name", statistics.name(),
                    "depth", Integer.toString(statistics.depth())));
      }
    }
  }

  @Test
  void counters_ofAPathThatReopensAfterItWasRemoved_continue() throws Exception {
    try (Fixture fixture = onTestClock()) {
      TaskScope root = fixture.root();
      String path = root.path() + "/child";
      TaskScope child = root.child("child");
      child.spawn("t", () -> {}).get();
      child.shutdown(Duration.ofSeconds(5));
      fixture.scrape(); // sees that it is gone
      clock.addAndGet(TaskscopeMetrics.RETENTION.toNanos());
      assertThat(fixture.scrape().ofPath(path)).isEmpty();

      root.child("child").spawn("t", () -> {}).get();

      assertThat(fixture.scrape().sum("taskscope_tasks_started_total", "scope_path", path))
          .isEqualTo(2);
    }
  }

  @Test
  void paths_thatComeAndGoWithoutAnyScrape_doNotPileUp() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (TaskscopeMetrics metrics = TaskscopeMetrics.builder().clock(clock::get).build()) {
      metrics.bindTo(registry);
      int most = 0;
      for (int i = 0; i < 3 * PathTable.MAX_GONE; i++) {
        TaskScope.root(Fixture.freshName()).close();
        most = Math.max(most, registry.find("taskscope.tasks.active").gauges().size());
      }

      assertThat(most).isLessThan(2 * PathTable.MAX_GONE);
      metrics.refresh();
      assertThat(registry.find("taskscope.tasks.active").gauges())
          .hasSizeLessThanOrEqualTo(PathTable.MAX_GONE + TaskScope.statistics().paths().size());
      assertThat(registry.find("taskscope.shutdowns").functionCounters())
          .hasSizeLessThanOrEqualTo(
              3 * (PathTable.MAX_GONE + TaskScope.statistics().paths().size()));
    }
  }
}
