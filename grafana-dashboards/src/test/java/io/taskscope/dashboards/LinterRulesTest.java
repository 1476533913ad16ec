// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskscope.dashboards.Expressions.Target;
import io.taskscope.dashboards.PromqlReader.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The seventeen rules of Grafana's dashboard-linter, one test for each, after their documentation.
 * Exceptions stand in {@code dashboards/.lint}, each with its reason; one that excepts nothing
 * fails its test.
 */
class LinterRulesTest {
  /** Ids of units, out of the list of Grafana. */
  private static final Set<String> UNITS =
      Set.of("none", "short", "percentunit", "s", "ops", "string");

  private static final Set<String> RATES = Set.of("rate", "irate", "increase");

  static List<JsonNode> dashboards() {
    return Module.dashboards();
  }

  private static Stream<JsonNode> panels() {
    return dashboards().stream().flatMap(PanelsOf::dashboard);
  }

  private static Stream<JsonNode> panelsWithData() {
    return panels().filter(panel -> !panel.path("type").asText().equals("text"));
  }

  private static List<JsonNode> variables(JsonNode dashboard, String key, String value) {
    return dashboard
        .at("/templating/list")
        .valueStream()
        .filter(variable -> variable.path(key).asText().equals(value))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void templateDatasource_isOneVariableOfThatName(JsonNode dashboard) {
    List<JsonNode> found = variables(dashboard, "type", "datasource");
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().path("name").asText()).isEqualTo("datasource");
    assertThat(found.getFirst().path("label").asText()).isEqualToIgnoringCase("Data source");
    assertThat(found.getFirst().path("query").asText()).isEqualTo("prometheus");
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void templateJob_isAVariableOfManyValues(JsonNode dashboard) {
    assertLabelVariable(dashboard, "job");
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void templateInstance_isAVariableOfManyValues(JsonNode dashboard) {
    assertLabelVariable(dashboard, "instance");
  }

  private static void assertLabelVariable(JsonNode dashboard, String name) {
    List<JsonNode> found = variables(dashboard, "name", name);
    assertThat(found).hasSize(1);
    JsonNode variable = found.getFirst();
    assertThat(variable.path("type").asText()).isEqualTo("query");
    assertThat(variable.path("label").asText()).isEqualToIgnoringCase(name);
    assertThat(variable.at("/datasource/uid").asText()).isEqualTo("${datasource}");
    assertThat(variable.at("/query/query").asText()).startsWith("label_values(");
    assertThat(variable.path("multi").asBoolean()).isTrue();
    assertThat(variable.path("allValue").asText()).isEqualTo(".+");
  }

  @Test
  void templateLabelPromql_parses(@TempDir Path folder) throws Exception {
    assertParse(
        folder, Expressions.variables().stream().map(Expressions.Variable::series).toList());
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void templateOnTimeChangeReload_isSetForQueries(JsonNode dashboard) {
    assertThat(variables(dashboard, "type", "query"))
        .isNotEmpty()
        .allSatisfy(variable -> assertThat(variable.path("refresh").asInt()).isEqualTo(2));
  }

  @Test
  void panelDatasource_isTheVariable() {
    assertThat(panelsWithData())
        .allSatisfy(
            panel -> assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}"));
  }

  @Test
  void panelTitleDescription_areThere() {
    assertThat(panels())
        .allSatisfy(
            panel -> {
              assertThat(panel.path("title").asText()).isNotBlank();
              assertThat(panel.path("description").asText()).isNotBlank();
            });
  }

  @Test
  void panelUnits_areOfGrafanasList() {
    assertThat(panelsWithData())
        .allSatisfy(
            panel -> assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isIn(UNITS));
  }

  @Test
  void panelNoTargets_isNowhere() {
    assertThat(panelsWithData())
        .allSatisfy(panel -> assertThat(panel.path("targets")).isNotEmpty());
  }

  @Test
  void targetLogql_isNowhereAsAllTargetsArePrometheus() {
    assertAllTargetsArePrometheus();
  }

  @Test
  void targetLogqlAuto_isNowhereAsAllTargetsArePrometheus() {
    assertAllTargetsArePrometheus();
  }

  private static void assertAllTargetsArePrometheus() {
    assertThat(panelsWithData().flatMap(panel -> panel.path("targets").valueStream()))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            target -> assertThat(target.at("/datasource/type").asText()).isEqualTo("prometheus"));
  }

  @Test
  void targetPromql_parses(@TempDir Path folder) throws Exception {
    assertParse(folder, Expressions.targets().stream().map(Target::expression).toList());
  }

  /** As rules, which is how promtool takes expressions. */
  private static void assertParse(Path folder, List<String> expressions) throws Exception {
    Tool.require("promtool", "Debian: apt install prometheus");
    StringBuilder rules = new StringBuilder("groups:\n- name: expressions\n  rules:\n");
    for (int i = 0; i < expressions.size(); i++) {
      String expression = Expressions.interpolated(expressions.get(i), "/web/app-a");
      rules.append("  - record: e%s\n    expr: '%s'\n".formatted(i, expression.replace("'", "''")));
    }
    Path file = Files.writeString(folder.resolve("expressions.yml"), rules);
    Tool.Result result = Tool.run(folder, List.of("promtool", "check", "rules", file.toString()));
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains(expressions.size() + " rules found");
  }

  @Test
  void targetRateInterval_isTheVariable() {
    assertHolds(
        "target-rate-interval-rule",
        selector ->
            selector.range().isEmpty()
                || selector.functions().stream().noneMatch(RATES::contains)
                || selector.range().equals("$__rate_interval"));
  }

  @Test
  void targetJob_isMatched() {
    assertHolds("target-job-rule", selector -> "=~\"$job\"".equals(selector.matchers().get("job")));
  }

  @Test
  void targetInstance_isMatched() {
    assertHolds(
        "target-instance-rule",
        selector -> "=~\"$instance\"".equals(selector.matchers().get("instance")));
  }

  @Test
  void targetCounterAgg_isARate() {
    assertHolds(
        "target-counter-agg-rule",
        selector ->
            !selector.metric().matches(".*_(total|bucket|sum|count)")
                || selector.functions().stream().anyMatch(RATES::contains));
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void uneditableDashboard_isNotEditable(JsonNode dashboard) {
    assertThat(dashboard.path("editable").asBoolean(true)).isFalse();
  }

  /** Each selector of each target, but for the panels excepted: all of those, and no others. */
  private static void assertHolds(String rule, Predicate<Selector> holds) {
    JsonNode exception = Module.yaml(Module.DASHBOARDS.resolve(".lint")).at("/exclusions/" + rule);
    if (!exception.isMissingNode()) {
      assertThat(exception.path("reason").asText()).hasSizeGreaterThan(40);
    }
    List<String> excepted =
        exception
            .path("entries")
            .valueStream()
            .map(entry -> entry.path("dashboard").asText() + " / " + entry.path("panel").asText())
            .toList();
    List<String> broken =
        Expressions.targets().stream()
            .filter(target -> !PromqlReader.selectors(target.expression()).stream().allMatch(holds))
            .map(target -> target.dashboard() + " / " + target.panel())
            .distinct()
            .toList();
    assertThat(broken).containsExactlyInAnyOrderElementsOf(excepted);
  }

  @Test
  void exceptions_fromInstances_sayFleetOrReadTheChosenInstancesToo() {
    Set<String> both =
        Expressions.targets().stream()
            .filter(target -> target.expression().contains("job!~\"$instance\""))
            .map(Expressions.Target::panel)
            .collect(Collectors.toSet());
    assertThat(
            Module.yaml(Module.DASHBOARDS.resolve(".lint"))
                .at("/exclusions/target-instance-rule/entries")
                .valueStream()
                .map(entry -> entry.path("panel").asText()))
        .allSatisfy(
            panel ->
                assertThat(
                        both.contains(panel)
                            || panel.matches(".*(fleet|Firing alerts|recorded series).*"))
                    .as(panel)
                    .isTrue());
  }
}
