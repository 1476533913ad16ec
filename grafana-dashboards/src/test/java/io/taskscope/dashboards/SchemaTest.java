// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards against the schema of Grafana's own types, with Node. */
class SchemaTest {
  /** Places where a name that Grafana does not know must be refused, all in the overview. */
  private static final Map<String, String> PLACES =
      Map.of(
          "dashboard", "",
          "link", "/links/0",
          "variable", "/templating/list/1",
          "panel", "/panels/1",
          "options", "/panels/1/options",
          "field", "/panels/1/fieldConfig/defaults",
          "query", "/panels/1/targets/0",
          "place", "/panels/1/gridPos");

  static void requireNode() {
    Tool.require("node", "Debian: apt install nodejs");
    Tool.require(
        Files.isDirectory(Module.FOLDER.resolve("node_modules/@grafana/schema")),
        "npm ci has not been run in grafana-dashboards");
  }

  private static Tool.Result check(List<Path> files) throws Exception {
    List<String> command = new ArrayList<>(List.of("node", "schema/check.mjs"));
    files.forEach(file -> command.add(file.toString()));
    return Tool.run(Module.FOLDER, command);
  }

  @Test
  void dashboards_all_areValid() throws Exception {
    requireNode();
    Tool.Result result = check(Module.files(Module.DASHBOARDS, ".json"));
    assertThat(result.output()).contains("6 dashboards", ": valid");
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void dashboards_withUnknownNamesOrWrongValues_areRefused(@TempDir Path folder) throws Exception {
    requireNode();
    String overview = Module.read(Module.DASHBOARDS.resolve(Overview.UID + ".json"));
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> place : PLACES.entrySet()) {
      JsonNode dashboard = Module.json(overview);
      ((ObjectNode) dashboard.at(place.getValue())).put("unknownToGrafana", 1);
      files.add(Files.writeString(folder.resolve(place.getKey() + ".json"), dashboard.toString()));
    }
    JsonNode wrong = Module.json(overview);
    ((ObjectNode) wrong.at("/panels/1/options")).put("colorMode", "pink");
    files.add(Files.writeString(folder.resolve("value.json"), wrong.toString()));
    Tool.Result result = check(files);
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(files).allSatisfy(file -> assertThat(result.output()).contains(file.toString()));
  }
}
