// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recording rules and alerts: how they are named and described, and that promtool finds them right.
 */
class RulesTest {
  private static final String INSTALL = "Debian: apt install prometheus";

  static List<JsonNode> alerts() {
    return Module.alerts();
  }

  @Test
  void recordings_names_areLevelMetricOperations() {
    assertThat(Module.recordings())
        .hasSizeGreaterThan(15)
        .allSatisfy(
            rule ->
                assertThat(rule.path("record").asText())
                    .matches(
                        "[a-z_]+:taskscope_[a-z_]+:(sum|max|ratio|rate\\d+[mhd]|ratio_rate\\d+[mhd])"));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void alert_any_hasSeverityTextsRunbookAndTest(JsonNode alert) {
    String name = alert.path("alert").asText();
    assertThat(name).matches("Taskscope([A-Z][a-z]+)+");
    assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning", "info");
    assertThat(alert.at("/annotations/summary").asText()).hasSizeBetween(20, 200);
    assertThat(alert.at("/annotations/description").asText()).contains("$labels");
    assertThat(alert.at("/annotations/runbook_url").asText())
        .isEqualTo(Runbooks.BASE + name + ".md");
    String page = Module.read(Module.RUNBOOKS.resolve(name + ".md"));
    assertThat(page)
        .startsWith("# " + name + "\n")
        .contains("Severity: " + alert.at("/labels/severity").asText())
        .contains("## Where to look", "## What to do", "## When it is no alarm");
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void alert_any_hasACaseThatFiresAndOneThatDoesNot(JsonNode alert) {
    String name = alert.path("alert").asText();
    List<JsonNode> cases =
        Module.yaml(Module.RULES.resolve("tests/" + name + ".test.yml"))
            .path("tests")
            .valueStream()
            .flatMap(test -> test.path("alert_rule_test").valueStream())
            .toList();
    assertThat(cases).allSatisfy(one -> assertThat(one.path("alertname").asText()).isEqualTo(name));
    assertThat(cases).anySatisfy(one -> assertThat(one.path("exp_alerts")).isNotEmpty());
    assertThat(cases).anySatisfy(one -> assertThat(one.path("exp_alerts")).isEmpty());
  }

  @Test
  void runbooks_pages_areThoseOfTheAlerts() {
    assertThat(Module.files(Module.RUNBOOKS, ".md").stream().map(f -> f.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    alerts().stream().map(alert -> alert.path("alert").asText() + ".md"),
                    Stream.of("README.md"))
                .toList());
    String index = Module.read(Module.RUNBOOKS.resolve("README.md"));
    assertThat(alerts())
        .allSatisfy(
            alert ->
                assertThat(index)
                    .contains(
                        "[%1$s](%1$s.md) | %2$s"
                            .formatted(
                                alert.path("alert").asText(),
                                alert.at("/labels/severity").asText())));
  }

  @Test
  void promtool_rules_areValid() throws Exception {
    Tool.require("promtool", INSTALL);
    Tool.Result result =
        Tool.run(
            Module.RULES,
            List.of("promtool", "check", "rules", "taskscope.rules.yml", "taskscope.alerts.yml"));
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void promtool_testsOfAlerts_pass() throws Exception {
    Tool.require("promtool", INSTALL);
    Path tests = Module.RULES.resolve("tests");
    List<String> files =
        Module.files(tests, ".test.yml").stream()
            .map(file -> file.getFileName().toString())
            .toList();
    assertThat(files).hasSameSizeAs(alerts());
    Tool.Result result =
        Tool.run(
            tests, Stream.concat(Stream.of("promtool", "test", "rules"), files.stream()).toList());
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output().split("SUCCESS", -1)).hasSize(files.size() + 1);
  }

  @Test
  void promtool_configurationOfTheStack_isValid() throws Exception {
    Path config = Module.FOLDER.resolve("stack/prometheus.yml");
    Tool.require("promtool", INSTALL);
    assertThat(Files.readString(config)).contains("/etc/prometheus/rules/*.yml");
    Tool.Result result =
        Tool.run(
            Module.FOLDER,
            List.of("promtool", "check", "config", "--syntax-only", config.toString()));
    assertThat(result.exitCode()).as(result.output()).isZero();
  }
}
