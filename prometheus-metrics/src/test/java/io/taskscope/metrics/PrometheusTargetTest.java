// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.hook.TraceContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * On a Prometheus registry values bypass Micrometer's meters. What an application has configured
 * there holds all the same.
 */
class PrometheusTargetTest {
  private static final String COUNT = "taskscope_task_duration_seconds_count";

  /** What a scrape of one task shows on a registry that was set up like this. */
  private static Scrape scrape(PrometheusMeterRegistry registry, Consumer<Scrape> check)
      throws Exception {
    TaskScope root = TaskScope.root(Fixture.freshName());
    try (TaskscopeMetrics metrics = new TaskscopeMetrics()) {
      metrics.bindTo(registry);
      root.spawn("t", () -> {}).get();
      Scrape scrape = Scrape.of(registry, metrics);
      check.accept(scrape);
      return scrape;
    } finally {
      root.close();
    }
  }

  private static PrometheusMeterRegistry registry(MeterFilter... filters) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (MeterFilter filter : filters) {
      registry.config().meterFilter(filter);
    }
    return registry;
  }

  @Test
  void commonTags_ofTheRegistry_areOnEverySeries() throws Exception {
    PrometheusMeterRegistry registry = registry();
    registry.config().commonTags("application", "shop");

    scrape(
        registry,
        scrape ->
            assertThat(scrape.samples())
                .hasSizeGreaterThan(30)
                .allSatisfy(
                    sample -> assertThat(sample.labels()).containsEntry("application", "shop")));
  }

  @Test
  void filter_thatDeniesAMetric_keepsItOut() throws Exception {
    scrape(
        registry(
            MeterFilter.denyNameStartsWith("taskscope.task.duration"),
            MeterFilter.denyNameStartsWith("taskscope.tasks.started")),
        scrape ->
            assertThat(scrape.types().keySet())
                .doesNotContain("taskscope_task_duration_seconds", "taskscope_tasks_started_total")
                .contains("taskscope_task_start_delay_seconds", "taskscope_tasks_finished_total"));
  }

  @Test
  void filter_thatRenames_isFollowed() throws Exception {
    MeterFilter prefix =
        new MeterFilter() {
          @Override
          public Meter.Id map(Meter.Id id) {
            return id.withName("my." + id.getName());
          }
        };

    scrape(
        registry(prefix),
        scrape ->
            assertThat(scrape.types())
                .containsEntry("my_taskscope_task_duration_seconds", "histogram")
                .containsEntry("my_taskscope_tasks_started_total", "counter")
                .containsEntry("my_taskscope_scope_info", "gauge"));
  }

  @Test
  void filter_thatTakesALabelAway_leavesOneSeriesOfThoseAlike() throws Exception {
    scrape(
        registry(MeterFilter.ignoreTags("outcome")),
        scrape ->
            assertThat(scrape.find(COUNT))
                .isNotEmpty()
                .allSatisfy(
                    sample ->
                        assertThat(sample.labels().keySet()).isEqualTo(Set.of("scope_path"))));
  }

  @Test
  void meters_ofTheRegistry_listEverySeries() throws Exception {
    PrometheusMeterRegistry registry = registry();

    scrape(
        registry,
        scrape ->
            assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .contains("taskscope.task.duration", "taskscope.tasks.started"));
    assertThat(registry.getMeters()).isEmpty();
    assertThat(registry.getPrometheusRegistry().scrape()).isEmpty();
  }

  @Test
  void meterOfTheApplication_withOurNameAndAnotherType_leavesTheScrapeWhole() throws Exception {
    PrometheusMeterRegistry registry = registry();
    Timer.builder("taskscope.tasks.active").register(registry).record(() -> {});

    scrape(
        registry,
        scrape ->
            assertThat(scrape.types())
                .containsKey("taskscope_task_duration_seconds")
                .containsKey("taskscope_tasks_active_seconds"));
  }

  @Test
  void meterOfTheApplication_withOurNameAndType_isBesideOurs() throws Exception {
    PrometheusMeterRegistry registry = registry();
    registry.gauge("taskscope.tasks.active", Tags.of(Tag.of("mine", "yes")), 7);

    scrape(
        registry,
        scrape -> {
          assertThat(scrape.value("taskscope_tasks_active", "mine", "yes")).isEqualTo(7);
          assertThat(scrape.find("taskscope_tasks_active")).hasSizeGreaterThan(1);
        });
  }

  /** What the Prometheus library writes of the same registry. */
  @ParameterizedTest
  @EnumSource(ScrapeFormat.class)
  void text_ofAWholeRegistry_isThatOfThePrometheusLibrary(ScrapeFormat format) throws Exception {
    try (HookRegistration tracing = Hooks.add(new Traced());
        Workload workload = new Workload()) {
      workload.shutDownChild();
      workload
          .root
          .child("odd-names", o -> o.taskNamesAsLabel(true))
          .call("a\"b\\c\u00e4", () -> {});
      PrometheusMeterRegistry registry = workload.fixture.registry;
      registry.counter("mine", "a", "b").increment(3e9);
      workload.running.cancel("so that values stand still");
      ByteArrayOutputStream ours = new ByteArrayOutputStream();
      Scrape.of(registry, workload.fixture.metrics);

      workload.fixture.metrics.scrape(registry, ours, format);
      String library = registry.scrape(format.contentType());

      assertThat(withoutAges(ours.toString(StandardCharsets.UTF_8)))
          .containsExactlyInAnyOrderElementsOf(withoutAges(library));
      assertThat(ours.toString(StandardCharsets.UTF_8).contains("trace_id"))
          .isEqualTo(format == ScrapeFormat.OPEN_METRICS);
      assertThat(tracing.status().failures()).isEmpty();
    }
  }

  private static List<String> withoutAges(String text) {
    return text.lines().filter(line -> !line.startsWith("taskscope_oldest_task_age")).toList();
  }

  private static final class Traced implements TaskHook {
    @Override
    public void taskCreated(Task<?> task) {
      task.attach(TraceContext.KEY, TraceContext.of(1, task.id(), task.id(), true));
    }
  }

  @Test
  void text_whenTheApplicationHasAMetricOfOurs_isPutTogether() throws Exception {
    PrometheusMeterRegistry registry = registry();
    registry.gauge("taskscope.tasks.active", Tags.of(Tag.of("mine", "yes")), 7);
    try (TaskscopeMetrics metrics = new TaskscopeMetrics()) {
      metrics.bindTo(registry);
      ByteArrayOutputStream ours = new ByteArrayOutputStream();

      metrics.scrape(registry, ours, ScrapeFormat.PROMETHEUS);

      assertThat(ours.toString(StandardCharsets.UTF_8).lines())
          .containsOnlyOnce("# TYPE taskscope_tasks_active gauge")
          .contains("taskscope_tasks_active{mine=\"yes\"} 7.0");
    }
  }
}
