// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskscope.dashboards.Expressions.Target;
import io.taskscope.metrics.TaskscopeMeter;
import io.taskscope.otel.testing.OtlpReceiver;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every expression of every panel, variable, rule and alert on a real Prometheus that scrapes the
 * demo. In order, as the last tests stop the demo.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExpressionsIT {
  /** Has tasks of its own and, from checkouts, children. */
  private static final String SCOPE = "/web/app-a/handlers";

  /** What Prometheus itself adds. */
  private static final Set<String> OF_PROMETHEUS =
      Set.of("up", "ALERTS", "scrape_duration_seconds", "scrape_samples_post_metric_relabeling");

  /** Panels that show something only when there is trouble, and why the demo has none. */
  private static final Set<String> QUIET =
      Set.of(
          "Telemetry health / Hook failures", // no hook of the demo fails
          "Telemetry health / Quarantined hooks", // so there is no series of a hook
          "Where time goes / Slow steps, the ten worst scopes", // no step is that long
          "Shutdown / Abandoned tasks by scope", // none is abandoned before a shutdown
          "Leaks and stuck tasks / Findings", // nothing is found before a shutdown
          "Leaks and stuck tasks / Findings by kind", // in this scope
          "Leaks and stuck tasks / Live tasks #2", // a trend needs 25 minutes
          "Leaks and stuck tasks / Growing scopes #1", // an hour ago there was no demo
          "Overview / Scopes, fleet #7", // findings: orphans come and go
          "Overview / Firing alerts"); // seen by AlertDeliveryIT

  /** Panels about a shutdown, which comes last. */
  private static final Set<String> DURING_SHUTDOWN =
      Set.of(
          "Shutdown / Time left",
          "Shutdown / What is left",
          "Shutdown / Forced",
          "Shutdown / Longest phases");

  private OtlpReceiver traces;
  private BackgroundProcess demo;
  private Prometheus prometheus;

  @BeforeAll
  void start(@TempDir Path demoFolder, @TempDir Path prometheusFolder) throws Exception {
    Tool.require("prometheus", "Debian: apt install prometheus");
    traces = OtlpReceiver.start();
    demo = Demo.start(demoFolder, traces.grpcEndpoint());
    prometheus = Prometheus.start(prometheusFolder, List.of(Demo.target(demo)), Optional.empty());
    // Two scrapes after traffic, and rules that have read recorded series of rules.
    prometheus.awaitQuery(
        "count_over_time(taskscope_tasks_finished_total{scope_path=\"%s\", outcome=\"failure\"}[1m]) > 20 and increase(taskscope_tasks_finished_total{scope_path=\"%s\", outcome=\"failure\"}[1m]) > 0"
            .formatted(SCOPE, SCOPE),
        any -> true);
    prometheus.awaitQuery(
        "job_scope_path:taskscope_tasks_failed:ratio_rate5m{scope_path=\"%s\"} > 0"
            .formatted(SCOPE),
        any -> true);
    prometheus.awaitQuery(
        "rate(taskscope_tasks_finished_total{scope_path=\"%s/checkout\", outcome=\"failure\"}[20s]) > 0"
            .formatted(SCOPE),
        any -> true);
    prometheus.awaitQuery(
        "increase(taskscope_tasks_started_total{scope_path=\"%s\"}[20s]) > 0".formatted(SCOPE),
        any -> true);
  }

  @AfterAll
  void stop() {
    Stream.<AutoCloseable>of(() -> prometheus.close(), () -> demo.close(), () -> traces.close())
        .forEach(
            part -> {
              try {
                part.close();
              } catch (NullPointerException e) {
                // was not started
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  @Order(1)
  void metrics_inAnyExpression_exist() {
    Set<String> known = new TreeSet<>(OF_PROMETHEUS);
    Module.recordings().forEach(rule -> known.add(rule.path("record").asText()));
    for (TaskscopeMeter meter : TaskscopeMeter.values()) {
      if (meter.type() == TaskscopeMeter.Type.HISTOGRAM) {
        Stream.of("_bucket", "_sum", "_count")
            .forEach(part -> known.add(meter.prometheusName() + part));
      } else {
        known.add(meter.prometheusName());
      }
    }
    Stream<String> expressions =
        Stream.of(
                Expressions.targets().stream().map(Target::expression),
                Expressions.variables().stream().map(Expressions.Variable::series),
                Stream.concat(Module.recordings().stream(), Module.alerts().stream())
                    .map(rule -> rule.path("expr").asText()))
            .flatMap(all -> all);
    Set<String> used = new TreeSet<>();
    expressions.forEach(
        expression ->
            PromqlReader.selectors(expression)
                .forEach(
                    selector -> {
                      assertThat(known).as(expression).contains(selector.metric());
                      used.add(selector.metric());
                    }));
    assertThat(used).hasSizeGreaterThan(40);
  }

  @Test
  @Order(2)
  void rules_loaded_areAllHealthy() throws Exception {
    int all = Module.recordings().size() + Module.alerts().size();
    List<JsonNode> rules =
        BackgroundProcess.Waiting.until(
            "all rules have been evaluated",
            () ->
                Optional.of(prometheus.rules())
                    .filter(
                        found ->
                            found.stream()
                                .noneMatch(
                                    rule -> rule.path("health").asText().equals("unknown"))));
    assertThat(rules)
        .hasSize(all)
        .allSatisfy(rule -> assertThat(rule.path("health").asText()).as(rule + "").isEqualTo("ok"));
  }

  @Test
  @Order(3)
  void recordings_afterTraffic_haveData() {
    for (JsonNode rule : Module.recordings()) {
      String name = rule.path("record").asText();
      assertThat(prometheus.query(name)).as(name).isNotEmpty();
      assertThat(prometheus.query(rule.path("expr").asText())).as(name).isNotEmpty();
    }
  }

  @Test
  @Order(4)
  void alerts_anyExpression_isAnswered() {
    for (JsonNode alert : Module.alerts()) {
      // What fires is in the tests of promtool; here what an alert reads must exist on this
      // Prometheus.
      prometheus.query(alert.path("expr").asText());
      PromqlReader.selectors(alert.path("expr").asText()).stream()
          .map(PromqlReader.Selector::metric)
          .filter(metric -> !metric.startsWith("taskscope_hook"))
          .forEach(metric -> assertThat(prometheus.query(metric)).as(metric).isNotEmpty());
    }
  }

  @Test
  @Order(5)
  void variables_any_haveValues() {
    for (Expressions.Variable variable : Expressions.variables()) {
      assertThat(
              prometheus.labelValues(
                  Expressions.interpolated(variable.series(), SCOPE), variable.label()))
          .as(variable + "")
          .isNotEmpty();
    }
    assertThat(prometheus.labelValues("taskscope_scope_info", "scope_path"))
        .contains("/web", "/web/app-a", SCOPE, SCOPE + "/checkout");
  }

  @Test
  @Order(6)
  void panels_anyExpression_hasDataAfterTraffic() {
    List<Target> empty = new ArrayList<>();
    for (Target target : Expressions.targets()) {
      // Also with all scopes chosen: it must be understood.
      ask(target, ".*");
      if (ask(target, SCOPE).isEmpty() && mustHaveData(target)) {
        empty.add(target);
      }
    }
    assertThat(empty).isEmpty();
  }

  @Test
  @Order(6)
  void panels_ofAllOrOneInstance_readTheSameSeriesOfBoth() throws Exception {
    String instance = Demo.target(demo).replace(".", "\\\\.");
    List<Target> wide =
        Expressions.targets().stream()
            .filter(target -> target.expression().contains("job!~\"$instance\""))
            .toList();
    assertThat(wide).hasSizeGreaterThan(30);
    for (Target target : wide) {
      if (mustHaveData(target)) {
        // One reads what a rule has recorded, the other what was scraped since: a series that comes
        // or goes is in one of them first.
        BackgroundProcess.Waiting.until(
            target + " for all instances and for this one",
            () ->
                Optional.of(labels(ask(target, SCOPE, instance)))
                    .filter(one -> !one.isEmpty() && one.equals(labels(ask(target, SCOPE)))));
      }
      assertThat(ask(target, SCOPE, "another")).allMatch(ExpressionsIT::isConstant);
    }
  }

  private static Set<JsonNode> labels(List<JsonNode> series) {
    return series.stream().map(one -> one.path("metric")).collect(Collectors.toSet());
  }

  /** What "or vector(0)" gives. */
  private static boolean isConstant(JsonNode series) {
    return series.path("metric").isEmpty();
  }

  private List<JsonNode> ask(Target target, String scope) {
    return ask(target, scope, ".+");
  }

  private List<JsonNode> ask(Target target, String scope, String instances) {
    String expression = Expressions.interpolated(target.expression(), scope, instances);
    return target.instant()
        ? prometheus.query(expression)
        : prometheus.queryRange(expression, Instant.now().minusSeconds(60));
  }

  private static boolean mustHaveData(Target target) {
    String panel = (target.dashboard() + " / " + target.panel()).replace("Taskscope / ", "");
    if (QUIET.contains(panel)
        || QUIET.contains(panel + " #" + target.index())
        || DURING_SHUTDOWN.contains(panel)) {
      return false;
    }
    if (target.expression().contains("\"(/[^/]+){")) {
      return hasDepth(target.expression()); // one query per depth of the tree
    }
    return true;
  }

  /** Of a query for the scopes of one depth: whether the scope chosen, or one below, has it. */
  private static boolean hasDepth(String expression) {
    boolean breadcrumb = expression.contains("crumb");
    int depth =
        Integer.parseInt(
            expression.replaceFirst("(?s).*?scope_path=~\"\\(/\\[\\^/\\]\\+\\)\\{(\\d).*", "$1"));
    return breadcrumb ? depth <= 3 : depth == 3; // blocks, at 4, have no state
  }

  @Test
  @Order(7)
  void quietPanels_listed_exist() {
    List<String> panels =
        Expressions.targets().stream()
            .map(
                target -> (target.dashboard() + " / " + target.panel()).replace("Taskscope / ", ""))
            .toList();
    assertThat(panels)
        .containsAll(QUIET.stream().map(panel -> panel.replaceFirst(" #\\d$", "")).toList())
        .containsAll(DURING_SHUTDOWN);
  }

  @Test
  @Order(8)
  void exemplars_readBack_leadToReceivedTraces() throws Exception {
    String series = "taskscope_task_duration_seconds_bucket{scope_path=\"%s\"}".formatted(SCOPE);
    List<JsonNode> exemplars =
        BackgroundProcess.Waiting.until(
            "exemplars of " + series,
            () -> Optional.of(prometheus.exemplars(series)).filter(found -> !found.isEmpty()));
    String trace = exemplars.getFirst().at("/labels/trace_id").asText();
    String span = exemplars.getFirst().at("/labels/span_id").asText();
    assertThat(trace).matches("[0-9a-f]{32}");
    assertThat(
            traces.awaitSpans(
                spans -> spans.stream().anyMatch(one -> one.traceId().equals(trace)),
                BackgroundProcess.PATIENCE))
        .as(
            "the span %s of the exemplar, and its path, by which Grafana leads back to metrics",
            span)
        .anySatisfy(
            one -> {
              assertThat(one.traceId()).isEqualTo(trace);
              assertThat(one.spanId()).isEqualTo(span);
              assertThat(one.attributes()).containsEntry("taskscope.scope.path", SCOPE);
            });
    assertThat(StackTest.queriesOfTraces(SCOPE))
        .hasSize(3)
        .allSatisfy(query -> assertThat(prometheus.query(query)).as(query).isNotEmpty());
  }

  @Test
  @Order(9)
  void panelsOfShutdowns_whenTheDemoStops_showIt() throws Exception {
    Instant before = Instant.now().minusSeconds(5);
    demo.terminate();
    demo.awaitEnd();
    List<String> empty = new ArrayList<>();
    for (Target target : Expressions.targets()) {
      String panel = (target.dashboard() + " / " + target.panel()).replace("Taskscope / ", "");
      boolean ofShutdown =
          DURING_SHUTDOWN.contains(panel) || panel.equals("Shutdown / Abandoned tasks by scope");
      String expression = Expressions.interpolated(target.expression(), "/web");
      if (ofShutdown && prometheus.queryRange(expression, before).isEmpty()) {
        empty.add(target + "");
      }
    }
    assertThat(empty).as("after%n%s", demo.transcript()).isEmpty();
    assertThat(states(before)).contains("1", "2", "4");
  }

  /** Every number that has stood for a state of a scope since then. */
  private Set<String> states(Instant since) {
    Set<String> states = new TreeSet<>();
    Expressions.targets().stream()
        .filter(target -> target.panel().equals("States, innermost first"))
        .map(target -> Expressions.interpolated(target.expression(), "/web"))
        .flatMap(expression -> prometheus.queryRange(expression, since).stream())
        .flatMap(series -> series.path("values").valueStream())
        .forEach(value -> states.add(value.get(1).asText()));
    return states;
  }
}
