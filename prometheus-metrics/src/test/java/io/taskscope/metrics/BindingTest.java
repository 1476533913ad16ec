// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.taskscope.Completions;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Registries, and sources of counts, as applications bring them along. */
class BindingTest {
  @Test
  void twoRegistries_boundOneAfterTheOther_showTheSameCounts() throws Exception {
    PrometheusMeterRegistry second = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      root.spawn("t", () -> {}).get();
      fixture.metrics.bindTo(second);
      root.spawn("t", () -> {}).get();

      Scrape first = fixture.scrape();
      Scrape other = Scrape.of(second, fixture.metrics);

      assertThat(other.types().keySet()).isEqualTo(first.types().keySet());
      for (Scrape scrape : new Scrape[] {first, other}) {
        assertThat(scrape.sum("taskscope_tasks_finished_total", "scope_path", root.path()))
            .isEqualTo(2);
      }
      assertThat(first.value("taskscope_task_duration_seconds_count", "scope_path", root.path()))
          .isEqualTo(2);
      assertThat(other.value("taskscope_task_duration_seconds_count", "scope_path", root.path()))
          .as("one histogram serves both")
          .isEqualTo(2);
    }
    assertThat(second.getMeters()).isEmpty();
  }

  @Test
  void close_always_leavesNoMeterAndNoHook() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      root.spawn("t", () -> {}).get();
      fixture.metrics.refresh();

      fixture.metrics.close();
      fixture.metrics.close();
      root.child("later").spawn("t", () -> {}).get();
      fixture.metrics.refresh();

      assertThat(fixture.registry.getMeters()).isEmpty();
      assertThat(fixture.registry.scrape()).isEmpty();
      assertThat(Hooks.status())
          .extracting(HookStatus::hook)
          .doesNotContain(MetricsHook.class.getName());
      assertThatThrownBy(() -> fixture.metrics.bindTo(new SimpleMeterRegistry()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void bindTo_sameRegistryTwice_isRefused() {
    try (Fixture fixture = Fixture.bound()) {
      assertThatThrownBy(() -> fixture.metrics.bindTo(fixture.registry))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PrometheusMeterRegistry")
          .hasMessageContaining("once");
      try (TaskscopeMetrics other = new TaskscopeMetrics()) {
        assertThatThrownBy(() -> other.bindTo(fixture.registry))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void registry_thatRefusesAMeter_harmsNothing() throws Exception {
    PrometheusMeterRegistry strict =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
    Counter.builder("taskscope.tasks.active").register(strict);
    Counter.builder("taskscope.task.duration.seconds").register(strict);
    try (Fixture fixture = Fixture.bound()) {
      fixture.metrics.bindTo(strict);
      TaskScope root = fixture.root();
      root.spawn("t", () -> {}).get();

      Scrape scrape = Scrape.of(strict, fixture.metrics);
      assertThat(scrape.ofPath(root.path()))
          .extracting(Scrape.Sample::name)
          .contains("taskscope_tasks_started_total")
          .doesNotContain("taskscope_tasks_active", "taskscope_task_duration_seconds_count");
      assertThat(
              fixture
                  .scrape()
                  .value("taskscope_task_duration_seconds_count", "scope_path", root.path()))
          .as("the other registry has it")
          .isEqualTo(1);
      assertThat(Hooks.status())
          .filteredOn(status -> status.hook().equals(MetricsHook.class.getName()))
          .allSatisfy(status -> assertThat(status.failures()).isEmpty());
    }
  }

  @Test
  void dropped_bySeveralSources_isShownBySignalAndReasonAndNeverGoesBack() {
    AtomicLong spans = new AtomicLong(5);
    TaskscopeMetrics metrics =
        TaskscopeMetrics.builder()
            .dropped("spans", () -> Map.of("queue_full", spans.get()))
            .dropped("spans", () -> Map.of("queue_full", 1L, "closed", 2L))
            .dropped(
                "jfr",
                () -> {
                  throw new IllegalStateException("thrown by a test");
                })
            .build();
    try (Fixture fixture = Fixture.bound(metrics)) {
      assertThat(dropped(fixture, "queue_full")).isEqualTo(6);
      assertThat(dropped(fixture, "closed")).isEqualTo(2);
      spans.set(9);
      assertThat(dropped(fixture, "queue_full")).isEqualTo(10);
      spans.set(0);
      assertThat(dropped(fixture, "queue_full")).isEqualTo(10);
      assertThat(fixture.scrape().find("taskscope_telemetry_dropped_total", "signal", "jfr"))
          .isEmpty();
    }
  }

  @Test
  void dropped_completions_areThoseTheCoreCounts() throws Exception {
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      double before = completionsDropped(fixture);
      try (Completions<?> unread = root.completions()) {
        for (int i = 0; i < 1_124; i++) {
          root.spawn("t", () -> {}).get();
        }
        root.join();

        assertThat(unread.dropped()).isPositive();
        assertThat(completionsDropped(fixture) - before).isEqualTo((double) unread.dropped());
      }
    }
  }

  private static double completionsDropped(Fixture fixture) {
    return fixture
        .scrape()
        .value(
            "taskscope_telemetry_dropped_total", "signal", "completions", "reason", "buffer_full");
  }

  private static double dropped(Fixture fixture, String reason) {
    return fixture
        .scrape()
        .value("taskscope_telemetry_dropped_total", "signal", "spans", "reason", reason);
  }

  @Test
  void dropped_ofAnUnknownSignal_isRefusedWithTheOnesThereAre() {
    assertThatThrownBy(() -> TaskscopeMetrics.builder().dropped("logs", Map::of))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"logs\"")
        .hasMessageContaining("completions, console, history, jfr, spans");
  }
}
