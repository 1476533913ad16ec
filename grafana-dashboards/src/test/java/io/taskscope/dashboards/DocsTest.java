// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the runbooks and the README call by name can be found in Grafana by that name. */
class DocsTest {
  /** A name is in italics and begins as titles do. */
  private static final Pattern NAME = Pattern.compile("(?<!\\*)\\*(\\p{Lu}[^*]+)\\*(?!\\*)");

  static List<Path> runbooks() {
    return Module.files(Module.RUNBOOKS, ".md");
  }

  @ParameterizedTest
  @MethodSource("runbooks")
  void runbook_any_namesDashboardsAndPanelsThatExist(Path page) {
    assertThat(names(Module.read(page)))
        .allSatisfy(
            name -> assertThat(titles()).anySatisfy(title -> assertThat(title).startsWith(name)));
  }

  static List<String> questions() {
    return Module.read(Module.FOLDER.resolve("README.md"))
        .lines()
        .filter(line -> line.startsWith("| ") && line.contains("? |"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("questions")
  void question_any_isAnsweredByPanelsOfThatDashboard(String line) {
    String[] cells = line.split("\\|", -1);
    JsonNode dashboard =
        Module.dashboards().stream()
            .filter(one -> one.path("title").asText().equals("Taskscope / " + cells[2].strip()))
            .findFirst()
            .orElseThrow();
    List<String> titles = panels(dashboard).toList();
    assertThat(names(cells[3]))
        .allSatisfy(
            name -> assertThat(titles).anySatisfy(title -> assertThat(title).startsWith(name)));
  }

  private static List<String> names(String text) {
    return NAME.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static List<String> titles() {
    return Module.dashboards().stream()
        .flatMap(
            dashboard ->
                Stream.concat(
                    Stream.of(dashboard.path("title").asText().substring("Taskscope / ".length())),
                    panels(dashboard)))
        .toList();
  }

  private static Stream<String> panels(JsonNode dashboard) {
    return dashboard.path("panels").valueStream().map(panel -> panel.path("title").asText());
  }
}
