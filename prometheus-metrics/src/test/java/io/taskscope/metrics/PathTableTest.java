// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskscope.Outcome;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.view.AgentStatus;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.Statistics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** What threads that overtake each other must not bring about. */
class PathTableTest {
  private static final String PATH = "/p";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Registries registries = new Registries();
  private final ReentrantLock registration = new ReentrantLock();
  private final Readings readings =
      new Readings(() -> 0, number -> reading(number), reading -> {}, reading -> {});
  private final PathTable table = new PathTable(registries, registration, readings, () -> 0, 0);

  PathTableTest() {
    registries.bound().add(Target.of(registry, () -> {}));
  }

  private static Reading reading(long number, PathStatistics... paths) {
    return new Reading(
        number,
        new Statistics(List.of(paths), 0, 0, AgentStatus.NONE),
        List.of(),
        Map.of(),
        List.of(),
        Map.of());
  }

  private static PathStatistics finished(long tasks) {
    return new PathStatistics(
        PATH,
        "",
        "p",
        1,
        1,
        true,
        0,
        Map.of(),
        new OutcomeCounts(tasks, 0, 0, 0),
        Map.of(),
        Duration.ZERO,
        Optional.empty(),
        Optional.empty());
  }

  private double finished() {
    return registry
        .get("taskscope.tasks.finished")
        .tags("scope.path", PATH, "outcome", "success")
        .functionCounter()
        .count();
  }

  @Test
  void update_withAnOlderReading_doesNotTakeACounterBack() {
    table.reconcile(reading(1, finished(1)));
    table.update(reading(3, finished(30)));
    table.update(reading(2, finished(20)));
    assertThat(finished()).isEqualTo(30);

    table.reconcile(reading(2, finished(20)));
    assertThat(finished()).isEqualTo(30);
  }

  @Test
  void reconcile_withAnOlderReading_removesNothing() {
    table.reconcile(reading(2, finished(1)));
    table.reconcile(reading(1));

    assertThat(registry.find("taskscope.tasks.active").gauges()).hasSize(1);
  }

  @Test
  void reconcile_withAReadingBegunBeforeTheScopeOpened_removesNothing() {
    Reading tooOld = readings.refresh(); // does not list the path
    table.opened(PATH, true);
    table.reconcile(tooOld);
    assertThat(registry.find("taskscope.tasks.active").gauges()).hasSize(1);

    Reading later = readings.refresh();
    table.opened(PATH, true); // another scope, while that reading is being looked at
    table.reconcile(later);
    assertThat(registry.find("taskscope.tasks.active").gauges()).hasSize(1);

    table.reconcile(readings.refresh());
    assertThat(registry.find("taskscope.tasks.active").gauges()).isEmpty();
  }

  @Test
  void meter_ofAPathThatIsGone_isAtRestForAScrapeUnderWay() {
    PathSeries series = table.of(PATH);
    PathStatistics busy =
        new PathStatistics(
            PATH,
            "",
            "p",
            1,
            1,
            true,
            5,
            Map.of(),
            new OutcomeCounts(7, 0, 0, 0),
            Map.of(),
            Duration.ofSeconds(3),
            Optional.empty(),
            Optional.empty());
    series.update(1, busy);
    var active = registry.get("taskscope.tasks.active").gauge();
    var age = registry.get("taskscope.oldest.task.age").timeGauge();
    var finished =
        registry.get("taskscope.tasks.finished").tags("outcome", "success").functionCounter();
    assertThat(active.value()).isEqualTo(5);

    series.remove();

    assertThat(active.value()).isZero();
    assertThat(age.value()).isZero();
    assertThat(finished.count()).isEqualTo(7);
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void straggler_ofAPathThatIsGone_bringsNoMeterBack() {
    TaskScope root = TaskScope.root(Fixture.freshName());
    Task<?> task = root.spawn("t", () -> {});
    PathSeries series = table.of(PATH);
    series.started(task, 1);
    assertThat(registry.find("taskscope.task.start.delay").timers()).hasSize(1);

    series.remove();
    series.started(task, 1);
    series.ended(task, Outcome.Kind.SUCCESS, 1);
    root.close();

    assertThat(registry.getMeters()).isEmpty();
  }
}
