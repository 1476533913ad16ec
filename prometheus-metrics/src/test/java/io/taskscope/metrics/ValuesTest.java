// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskscope.ScopeState;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.ScopeView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Test
  void counts_afterAScriptedWorkload_areThoseOfTheTree() throws Exception {
    try (Workload workload = new Workload()) {
      Scrape scrape = workload.fixture.scrape();
      ScopeView tree = workload.handlers.view();
      String path = workload.handlers.path();

      assertThat(tree.finished()).isEqualTo(new OutcomeCounts(5, 1, 1, 0));
      assertThat(scrape.value("taskscope_tasks_active", "scope_path", path))
          .isEqualTo((double) tree.live())
          .isEqualTo(1);
      assertThat(scrape.sum("taskscope_tasks_started_total", "scope_path", path))
          .isEqualTo((double) tree.started());
      assertThat(started(scrape, path, "spawned")).isEqualTo(6);
      assertThat(started(scrape, path, "called")).isEqualTo(2);
      assertThat(finished(scrape, path, "success")).isEqualTo(5);
      assertThat(finished(scrape, path, "failure")).isEqualTo(1);
      assertThat(finished(scrape, path, "cancelled")).isEqualTo(1);
      assertThat(finished(scrape, path + "/block", "abandoned")).isEqualTo(1);
      assertThat(duration(scrape, path, "success")).isEqualTo(5);
      assertThat(duration(scrape, path, "failure")).isEqualTo(1);
      assertThat(duration(scrape, path, "cancelled")).isEqualTo(1);
      assertThat(duration(scrape, path + "/block", "abandoned")).isEqualTo(1);
      assertThat(scrape.value("taskscope_task_start_delay_seconds_count", "scope_path", path))
          .isEqualTo(8);
      assertThat(scrape.value("taskscope_oldest_task_age_seconds", "scope_path", path))
          .isPositive()
          .isLessThanOrEqualTo(workload.running.times().age().toNanos() / 1e9);
    }
  }

  private static double started(Scrape scrape, String path, String origin) {
    return scrape.value("taskscope_tasks_started_total", "scope_path", path, "origin", origin);
  }

  private static double finished(Scrape scrape, String path, String outcome) {
    return scrape.value("taskscope_tasks_finished_total", "scope_path", path, "outcome", outcome);
  }

  private static double duration(Scrape scrape, String path, String outcome) {
    return scrape.value(
        "taskscope_task_duration_seconds_count", "scope_path", path, "outcome", outcome);
  }

  @Test
  void duration_ofATask_isInSecondsAndCoversItsWholeAge() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      CountDownLatch begin = new CountDownLatch(1);
      Task<Void> task = root.spawn("waits", () -> begin.await());
      begin.countDown();
      task.get();

      double sum =
          fixture.scrape().value("taskscope_task_duration_seconds_sum", "scope_path", root.path());
      assertThat(sum).isEqualTo(task.times().age().toNanos() / 1e9);
    }
  }

  @Test
  void startDelay_ofATaskCancelledBeforeItBegan_isNotRecorded() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      // Tasks are born in the hook, before they can be queued: cancel there, so that it never runs.
      try (TaskScope child = root.child("cancelling", o -> o.hook(new CancelOnCreation()))) {
        Task<Void> task = child.spawn("never-runs", () -> {});
        Workload.await(task);

        assertThat(task.hasStarted()).isFalse();
        Scrape scrape = fixture.scrape();
        assertThat(duration(scrape, child.path(), "cancelled")).isEqualTo(1);
        assertThat(
                scrape.find("taskscope_task_start_delay_seconds_count", "scope_path", child.path()))
            .isEmpty();
      }
    }
  }

  private static final class CancelOnCreation implements TaskHook {
    @Override
    public void taskCreated(Task<?> task) {
      task.cancel("at birth");
    }
  }

  @Test
  void scopeInfo_ofEachScope_tellsItsPlace() {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      TaskScope child = root.child("app-a").child("handlers");

      Scrape scrape = fixture.scrape();

      Scrape.Sample ofRoot =
          scrape.find("taskscope_scope_info", "scope_path", root.path()).getFirst();
      assertThat(ofRoot.labels())
          .containsEntry("parent_path", "")
          .containsEntry("name", root.name())
          .containsEntry("depth", "1");
      Scrape.Sample ofChild =
          scrape.find("taskscope_scope_info", "scope_path", child.path()).getFirst();
      assertThat(ofChild.labels())
          .containsEntry("parent_path", root.path() + "/app-a")
          .containsEntry("name", "handlers")
          .containsEntry("depth", "3");
      assertThat(ofChild.value()).isEqualTo(1);
    }
  }

  @Test
  void scopeState_whileDraining_isTheStateAndHasADeadline() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      CountDownLatch mayEnd = new CountDownLatch(1);
      CountDownLatch started = new CountDownLatch(1);
      root.spawn(
          "holds-the-scope",
          () -> {
            started.countDown();
            mayEnd.await();
          });
      started.await();
      String path = root.path();
      Scrape before = fixture.scrape();
      assertThat(before.value("taskscope_scope_state", "scope_path", path, "state", "open"))
          .isEqualTo(1);
      assertThat(before.sum("taskscope_scope_state", "scope_path", path)).isEqualTo(1);
      assertThat(before.value("taskscope_shutdown_deadline_timestamp_seconds", "scope_path", path))
          .isZero();

      Instant begin = Instant.now();
      Thread shutdown = Thread.startVirtualThread(() -> root.shutdown(Duration.ofSeconds(30)));
      while (root.state() == ScopeState.OPEN || root.shutdownDeadline().isEmpty()) {
        Thread.onSpinWait();
      }
      Scrape during = fixture.scrape();
      mayEnd.countDown();
      shutdown.join();

      assertThat(during.value("taskscope_scope_state", "scope_path", path, "state", "draining"))
          .isEqualTo(1);
      assertThat(during.sum("taskscope_scope_state", "scope_path", path)).isEqualTo(1);
      assertThat(during.value("taskscope_shutdown_deadline_timestamp_seconds", "scope_path", path))
          .isBetween(begin.toEpochMilli() / 1e3, begin.plusSeconds(31).toEpochMilli() / 1e3);
    }
  }

  @Test
  void shutdowns_ofALongLivedScope_areThoseOfItsReport() throws Exception {
    try (Workload workload = new Workload()) {
      String path = workload.root.path() + "/short-lived";
      ShutdownReport report = workload.shutDownChild();
      Scrape scrape = workload.fixture.scrape();

      assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
      assertThat(scrape.value("taskscope_shutdowns_total", "scope_path", path, "result", "clean"))
          .isEqualTo(1);
      assertThat(scrape.sum("taskscope_shutdowns_total", "scope_path", path)).isEqualTo(1);
      for (ShutdownReport.Phase phase : report.phases()) {
        assertThat(
                scrape.value(
                    "taskscope_shutdown_duration_seconds_sum",
                    "scope_path",
                    path,
                    "phase",
                    phase.phase().label()))
            .isEqualTo(phase.duration().toNanos() / 1e9);
      }
      assertThat(scrape.find("taskscope_shutdowns_total", "scope_path", workload.handlers.path()))
          .hasSize(3)
          .allSatisfy(sample -> assertThat(sample.value()).isZero());
    }
  }

  @Test
  void hooks_thatFailed_areCounted() throws Exception {
    try (Workload workload = new Workload()) {
      Scrape scrape = workload.fixture.scrape();
      String hook = Workload.FailingHook.class.getName();

      assertThat(
              scrape.value("taskscope_hook_failures_total", "hook", hook, "method", "scopeOpened"))
          .isPositive();
      assertThat(scrape.value("taskscope_hook_quarantined", "hook", hook)).isZero();
      assertThat(scrape.value("taskscope_hook_quarantined", "hook", MetricsHook.class.getName()))
          .isZero();
      assertThat(scrape.find("taskscope_hook_failures_total", "hook", MetricsHook.class.getName()))
          .isEmpty();
    }
  }

  @Test
  void values_onARegistryThatIsNotPrometheus_areThere() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Fixture fixture = Fixture.bound()) {
      fixture.metrics.bindTo(registry);
      TaskScope root = fixture.root();
      List<Task<Void>> tasks =
          IntStream.range(0, 10).mapToObj(i -> root.spawn("t", () -> {})).toList();
      for (Task<Void> task : tasks) {
        task.get();
      }
      fixture.metrics.refresh();

      assertThat(
              registry
                  .get("taskscope.tasks.started")
                  .tags("scope.path", root.path(), "origin", "spawned")
                  .functionCounter()
                  .count())
          .isEqualTo(10);
      Timer duration =
          registry
              .get("taskscope.task.duration")
              .tags("scope.path", root.path(), "outcome", "success")
              .timer();
      assertThat(duration.count()).isEqualTo(10);
      assertThat(duration.totalTime(TimeUnit.NANOSECONDS))
          .isEqualTo(tasks.stream().mapToDouble(task -> task.times().age().toNanos()).sum());
      assertThat(duration(fixture.scrape(), root.path(), "success")).isEqualTo(10);
    }
  }
}
