// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed JSON, and what holds for every dashboard. */
class DashboardsTest {
  static List<JsonNode> dashboards() {
    return Module.dashboards();
  }

  @Test
  void json_committed_isWhatTheGeneratorWrites() {
    assertThat(Module.files(Module.DASHBOARDS, ".json").stream().map(f -> f.getFileName() + ""))
        .containsExactlyElementsOf(Dashboards.files().keySet());
    Dashboards.files()
        .forEach(
            (name, json) ->
                assertThat(Module.read(Module.DASHBOARDS.resolve(name)))
                    .as(
                        "%s; to write it anew: mvn -Dfast -Dmaven.test.skip -Ddashboards -pl grafana-dashboards -am"
                            + " process-classes",
                        name)
                    .isEqualTo(json));
  }

  @Test
  void main_folder_getsEveryDashboard(@TempDir Path folder) throws Exception {
    Dashboards.main(new String[] {folder.resolve("new").toString()});
    assertThat(Module.files(folder.resolve("new"), ".json")).hasSize(6);
    assertThatThrownBy(() -> Dashboards.main(new String[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 arguments");
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void dashboard_any_asksOneQuestionInATextPanel(JsonNode dashboard) {
    JsonNode first = dashboard.path("panels").get(0);
    assertThat(first.path("type").asText()).isEqualTo("text");
    assertThat(first.path("title").asText())
        .isEqualTo(dashboard.path("description").asText())
        .endsWith("?");
    assertThat(first.path("options").path("content").asText()).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void dashboard_any_hasStableUidTagAndABarOfLinksThatKeepVariablesAndTime(JsonNode dashboard) {
    assertThat(dashboard.path("uid").asText()).matches("taskscope-[a-z]+");
    assertThat(dashboard.path("tags").get(0).asText()).isEqualTo("taskscope");
    JsonNode bar = dashboard.path("links").get(0);
    assertThat(bar.path("includeVars").asBoolean()).isTrue();
    assertThat(bar.path("keepTime").asBoolean()).isTrue();
    assertThat(bar.path("tags").get(0).asText()).isEqualTo("taskscope");
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panel_any_hasDescriptionUnitAndPlace(JsonNode dashboard) {
    PanelsOf.dashboard(dashboard)
        .forEach(
            panel -> {
              assertThat(panel.path("description").asText()).as(panel + "").isNotBlank();
              if (panel.has("targets")) {
                assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                    .as("unit of %s", panel.path("title"))
                    .isNotBlank();
              }
            });
    List<int[]> places =
        dashboard
            .path("panels")
            .valueStream()
            .map(p -> p.path("gridPos"))
            .map(
                p ->
                    new int[] {
                      p.path("x").asInt(),
                      p.path("y").asInt(),
                      p.path("w").asInt(),
                      p.path("h").asInt()
                    })
            .toList();
    for (int i = 0; i < places.size(); i++) {
      assertThat(places.get(i)[0] + places.get(i)[2]).isLessThanOrEqualTo(24);
      for (int j = 0; j < i; j++) {
        assertThat(overlap(places.get(i), places.get(j))).as("panels %s and %s", i, j).isFalse();
      }
    }
  }

  private static boolean overlap(int[] a, int[] b) {
    return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
  }

  @Test
  void links_any_keepVariablesAndTimeAndLeadToADashboardOfOurs() {
    List<String> uids =
        dashboards().stream().map(dashboard -> dashboard.path("uid").asText()).toList();
    List<String> urls =
        dashboards().stream()
            .flatMap(dashboard -> dashboard.findValues("url").stream())
            .map(JsonNode::asText)
            .toList();
    assertThat(urls).hasSizeGreaterThan(20);
    for (String url : urls) {
      if (url.startsWith(Runbooks.BASE)) {
        continue;
      }
      assertThat(uids).contains(url.replaceFirst("^/d/([a-z-]+)\\?.*", "$1"));
      assertThat(url)
          .contains("${datasource:queryparam}", "${job:queryparam}", "${__url_time_range}")
          .containsPattern("instance:queryparam|var-instance=");
    }
  }

  @Test
  void tables_rowsOfScopes_leadOneLevelDown() {
    Stream<JsonNode> tables =
        dashboards().stream()
            .flatMap(PanelsOf::dashboard)
            .filter(panel -> panel.path("type").asText().equals("table"));
    assertThat(tables)
        .hasSizeGreaterThan(6)
        .allSatisfy(
            table -> {
              if (table.toString().contains("scope_path")
                  && !table.toString().contains("\"agent\"")) {
                assertThat(table.toString()).contains("/d/taskscope-scope?");
              }
            });
  }
}
