// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;

/** Reads the panels of a dashboard. */
final class PanelsOf {
  private PanelsOf() {}

  /** All but the headings. */
  static Stream<JsonNode> dashboard(JsonNode dashboard) {
    return dashboard
        .path("panels")
        .valueStream()
        .filter(panel -> !panel.path("type").asText().equals("row"));
  }
}
