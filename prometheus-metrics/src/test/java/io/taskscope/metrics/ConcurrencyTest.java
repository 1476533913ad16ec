// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Decision;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {
  private static final int THREADS = 8;

  @Test
  void scrapes_whileEightThreadsHammer_neverGoBackAndAddUpAtRest() throws Exception {
    int tasks = 3_000;
    try (Fixture fixture = Fixture.bound();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 2)) {
      TaskScope root = fixture.root();
      List<TaskScope> scopes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        scopes.add(root.child("s" + i, o -> o.onFailure((task, error) -> Decision.HANDLED)));
      }
      AtomicBoolean done = new AtomicBoolean();
      List<Future<Integer>> scrapers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        scrapers.add(threads.submit(() -> scrapeUntil(done, fixture)));
      }
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        TaskScope scope = scopes.get(i % scopes.size());
        workers.add(threads.submit(() -> work(scope, tasks)));
      }
      for (Future<?> worker : workers) {
        worker.get(120, TimeUnit.SECONDS);
      }
      root.join();
      done.set(true);
      for (Future<Integer> scraper : scrapers) {
        assertThat(scraper.get(60, TimeUnit.SECONDS)).isPositive();
      }

      Scrape atRest = fixture.scrape();
      for (TaskScope scope : scopes) {
        double started = atRest.sum("taskscope_tasks_started_total", "scope_path", scope.path());
        double finished = atRest.sum("taskscope_tasks_finished_total", "scope_path", scope.path());
        double active = atRest.value("taskscope_tasks_active", "scope_path", scope.path());
        assertThat(started).isEqualTo(2.0 * tasks).isEqualTo(finished + active);
        assertThat(active).isZero();
        assertThat(atRest.sum("taskscope_task_duration_seconds_count", "scope_path", scope.path()))
            .isEqualTo(finished);
        assertThat(
                atRest.value(
                    "taskscope_task_duration_seconds_bucket",
                    "scope_path",
                    scope.path(),
                    "outcome",
                    "failure",
                    "le",
                    "+Inf"))
            .isEqualTo(
                atRest.value(
                    "taskscope_tasks_finished_total",
                    "scope_path",
                    scope.path(),
                    "outcome",
                    "failure"));
      }
    }
  }

  private static void work(TaskScope scope, int tasks) {
    for (int i = 0; i < tasks; i++) {
      switch (i % 4) {
        case 0 -> scope.call("called", () -> {});
        case 1 -> scope.spawn("spawned", () -> {});
        case 2 ->
            scope.spawn(
                "fails",
                () -> {
                  throw new IllegalStateException("thrown by a test");
                });
        default -> {
          Task<?> task = scope.spawn("cancelled", () -> TimeUnit.MINUTES.sleep(1));
          task.cancel("by a test");
        }
      }
    }
  }

  private static int scrapeUntil(AtomicBoolean done, Fixture fixture) {
    Map<String, Double> last = new HashMap<>();
    int scrapes = 0;
    do {
      // Both ways of scraping, which take their readings differently.
      Scrape scrape = scrapes % 2 == 0 ? fixture.scrape() : Scrape.parse(fixture.registry.scrape());
      scrapes++;
      for (Scrape.Sample sample : scrape.samples()) {
        if (sample.name().endsWith("_total")
            || sample.name().endsWith("_count")
            || sample.name().endsWith("_bucket")) {
          Double before = last.put(sample.key(), sample.value());
          if (before != null) {
            assertThat(sample.value()).as(sample.key()).isGreaterThanOrEqualTo(before);
          }
        }
      }
    } while (!done.get());
    return scrapes;
  }

  /** A path that opens just when a scrape finds it gone must not lose its meters. */
  @Test
  void path_thatReopensWhileScraped_alwaysHasItsSeries() throws Exception {
    try (Fixture fixture = Fixture.bound();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      TaskScope root = fixture.root();
      String path = root.path() + "/flapping";
      AtomicBoolean done = new AtomicBoolean();
      List<Future<?>> scrapers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        scrapers.add(
            threads.submit(
                () -> {
                  while (!done.get()) {
                    fixture.metrics.refresh();
                  }
                }));
      }
      try {
        for (int i = 0; i < 500; i++) {
          TaskScope flapping = root.child("flapping");
          flapping.spawn("t", () -> {}).get();
          Scrape scrape = Scrape.parse(fixture.registry.scrape());
          assertThat(scrape.find("taskscope_tasks_active", "scope_path", path)).hasSize(1);
          assertThat(scrape.find("taskscope_scope_state", "scope_path", path)).hasSize(4);
          assertThat(scrape.value("taskscope_task_duration_seconds_count", "scope_path", path))
              .isPositive();
          assertThat(scrape.value("taskscope_task_start_delay_seconds_count", "scope_path", path))
              .isPositive();
          flapping.shutdown(Duration.ofSeconds(5));
        }
      } finally {
        done.set(true);
      }
      for (Future<?> scraper : scrapers) {
        scraper.get(60, TimeUnit.SECONDS);
      }
      assertThat(
              fixture
                  .scrape()
                  .value("taskscope_shutdowns_total", "scope_path", path, "result", "clean"))
          .isEqualTo(500);
    }
  }
}
