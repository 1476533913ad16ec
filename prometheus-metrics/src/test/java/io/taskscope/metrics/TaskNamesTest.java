// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskscope.TaskScope;
import org.junit.jupiter.api.Test;

/** Task names as a label, for scopes that ask for it. */
class TaskNamesTest {
  private static final String COUNT = "taskscope_task_duration_seconds_count";

  @Test
  void label_ofScopesThatAskForIt_isTheTaskNameThereAndBelowOnly() throws Exception {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    try (Fixture fixture = Fixture.bound()) {
      fixture.metrics.bindTo(other);
      TaskScope root = fixture.root();
      TaskScope named = root.child("named", o -> o.taskNamesAsLabel(true));
      TaskScope below = named.child("below");
      TaskScope unnamed = named.child("unnamed", o -> o.taskNamesAsLabel(false));
      for (TaskScope scope : new TaskScope[] {root, named, below, unnamed}) {
        scope.spawn("GET /users/{id}", () -> {}).get();
        scope.spawn("GET /orders", () -> {}).get();
        scope.spawn("GET /orders", () -> {}).get();
      }

      Scrape scrape = fixture.scrape();

      for (TaskScope scope : new TaskScope[] {named, below}) {
        assertThat(scrape.find(COUNT, "scope_path", scope.path())).hasSize(2);
        assertThat(scrape.value(COUNT, "scope_path", scope.path(), "task", "GET /users/{id}"))
            .isEqualTo(1);
        assertThat(scrape.value(COUNT, "scope_path", scope.path(), "task", "GET /orders"))
            .isEqualTo(2);
      }
      for (TaskScope scope : new TaskScope[] {root, unnamed}) {
        assertThat(scrape.find(COUNT, "scope_path", scope.path()))
            .singleElement()
            .satisfies(sample -> assertThat(sample.labels()).doesNotContainKey("task"));
      }
      assertThat(
              other
                  .get("taskscope.task.duration")
                  .tags("scope.path", named.path(), "task", "GET /orders")
                  .timer()
                  .count())
          .isEqualTo(2);
    }
  }

  @Test
  void names_beyondTheLimitOfAPath_areCountedUnderOther() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope named = fixture.root(Fixture.freshName(), o -> o.taskNamesAsLabel(true));
      double before = fixture.scrape().value("taskscope_task_names_overflowed_total");
      for (int i = 0; i < TaskDurations.MAX_NAMES + 20; i++) {
        named.spawn("task-" + i, () -> {}).get();
        named.spawn("task-0", () -> {}).get();
      }

      Scrape scrape = fixture.scrape();

      assertThat(scrape.find(COUNT, "scope_path", named.path()))
          .hasSize(TaskDurations.MAX_NAMES + 1);
      assertThat(scrape.value(COUNT, "scope_path", named.path(), "task", TaskDurations.OTHER))
          .isEqualTo(20);
      assertThat(scrape.sum(COUNT, "scope_path", named.path()))
          .as("nothing is lost")
          .isEqualTo(2 * (TaskDurations.MAX_NAMES + 20));
      assertThat(scrape.value("taskscope_task_names_overflowed_total") - before).isEqualTo(20);
    }
  }

  @Test
  void names_withCharactersOfTheFormat_areReadAsTheyAre() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope named = fixture.root(Fixture.freshName(), o -> o.taskNamesAsLabel(true));
      String hostile = "GET \"/a\\b\" {c=d},e} 1 # 日本";
      named.spawn(hostile, () -> {}).get();
      named.spawn("x".repeat(128), () -> {}).get();
      named.join();

      Scrape scrape = fixture.scrape();

      assertThat(scrape.value(COUNT, "scope_path", named.path(), "task", hostile)).isEqualTo(1);
      assertThat(scrape.value(COUNT, "scope_path", named.path(), "task", "x".repeat(128)))
          .isEqualTo(1);
    }
  }
}
