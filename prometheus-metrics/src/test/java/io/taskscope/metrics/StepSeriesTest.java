// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskscope.TaskScope;
import io.taskscope.view.AgentStatus;
import io.taskscope.view.StepStatistics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What only the agent can measure, with what it could have measured. */
class StepSeriesTest {
  private static final List<TaskscopeMeter> STEPS =
      List.of(
          TaskscopeMeter.TASKS_STATE,
          TaskscopeMeter.TASK_TIME,
          TaskscopeMeter.TASK_PARK_TIME,
          TaskscopeMeter.TASK_PARKS,
          TaskscopeMeter.TASK_STEPS,
          TaskscopeMeter.TASK_SLOW_STEPS);

  private final AtomicReference<Optional<StepStatistics>> steps =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<AgentStatus.State> agent =
      new AtomicReference<>(AgentStatus.State.OFF);

  private Fixture fixture() {
    return Fixture.bound(
        TaskscopeMetrics.builder().statistics(() -> Steps.with(steps.get(), agent.get())).build());
  }

  private void measured(long queued, long running, long parked) {
    steps.set(Optional.of(Steps.of(queued, running, parked)));
  }

  private static Stream<String> names() {
    return STEPS.stream().map(TaskscopeMeter::prometheusName);
  }

  @Test
  void series_withoutTheAgent_areAbsent() throws Exception {
    try (Fixture fixture = fixture()) {
      TaskScope root = fixture.root();
      root.spawn("t", () -> {}).get();

      Scrape scrape = fixture.scrape();

      assertThat(names()).noneMatch(scrape.types()::containsKey);
      assertThat(scrape.value("taskscope_build_info", "agent", "off")).isEqualTo(1);
    }
  }

  @Test
  void series_withTheAgent_areWhatItMeasured() {
    measured(1, 2, 3);
    agent.set(AgentStatus.State.ON);
    try (Fixture fixture = fixture()) {
      String path = fixture.root().path();
      Scrape scrape = fixture.scrape();

      assertThat(time(scrape, path, "queued")).isEqualTo(1);
      assertThat(time(scrape, path, "running")).isEqualTo(2);
      assertThat(time(scrape, path, "parked")).isEqualTo(3);
      assertThat(state(scrape, path, "queued")).isEqualTo(1);
      assertThat(state(scrape, path, "running")).isEqualTo(2);
      assertThat(state(scrape, path, "parked")).isEqualTo(3);
      assertThat(scrape.find("taskscope_tasks_state", "scope_path", path)).hasSize(3);
      assertThat(
              scrape.value(
                  "taskscope_task_park_seconds_total", "scope_path", path, "reason", "sleep"))
          .isEqualTo(3);
      assertThat(scrape.sum("taskscope_task_park_seconds_total", "scope_path", path)).isEqualTo(3);
      assertThat(scrape.value("taskscope_task_parks_total", "scope_path", path, "reason", "sleep"))
          .isEqualTo(3);
      assertThat(scrape.find("taskscope_task_parks_total", "scope_path", path))
          .extracting(sample -> sample.labels().get("reason"))
          .containsExactlyInAnyOrder(
              "park", "timed_park", "sleep", "monitor_enter", "object_wait", "yield", "pinned");
      assertThat(scrape.value("taskscope_task_steps_total", "scope_path", path)).isEqualTo(3);
      assertThat(scrape.value("taskscope_task_slow_steps_total", "scope_path", path)).isEqualTo(2);
      assertThat(scrape.value("taskscope_build_info", "agent", "on")).isEqualTo(1);
    }
  }

  private static double time(Scrape scrape, String path, String state) {
    return scrape.value("taskscope_task_time_seconds_total", "scope_path", path, "state", state);
  }

  private static double state(Scrape scrape, String path, String state) {
    return scrape.value("taskscope_tasks_state", "scope_path", path, "state", state);
  }

  @Test
  void series_whenTheAgentComesLater_comeWithItInAllRegistries() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    try (Fixture fixture = fixture()) {
      fixture.metrics.bindTo(other);
      String path = fixture.root().path();
      assertThat(names()).noneMatch(fixture.scrape().types()::containsKey);

      measured(1, 2, 3);
      agent.set(AgentStatus.State.PARTIAL);
      Scrape scrape = fixture.scrape();

      assertThat(scrape.types().keySet()).containsAll(names().toList());
      assertThat(scrape.find("taskscope_build_info"))
          .singleElement()
          .satisfies(sample -> assertThat(sample.labels()).containsEntry("agent", "partial"));
      assertThat(
              other
                  .get("taskscope.task.time")
                  .tags("scope.path", path, "state", "running")
                  .functionCounter()
                  .count())
          .isEqualTo(2);
      assertThat(other.get("taskscope.build.info").gauges()).hasSize(1);
    }
  }

  @Test
  void totals_readALittleTooLow_doNotGoBackButLiveTasksDo() {
    measured(10, 20, 30);
    try (Fixture fixture = fixture()) {
      String path = fixture.root().path();
      assertThat(time(fixture.scrape(), path, "running")).isEqualTo(20);

      measured(11, 19, 29);
      Scrape scrape = fixture.scrape();

      assertThat(time(scrape, path, "queued")).isEqualTo(11);
      assertThat(time(scrape, path, "running")).isEqualTo(20);
      assertThat(time(scrape, path, "parked")).isEqualTo(30);
      assertThat(scrape.sum("taskscope_task_park_seconds_total", "scope_path", path)).isEqualTo(30);
      assertThat(scrape.value("taskscope_task_steps_total", "scope_path", path)).isEqualTo(30);
    }
  }
}
