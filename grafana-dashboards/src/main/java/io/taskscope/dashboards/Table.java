// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of one row per value of some labels and one column per query, for a moment. All queries
 * must have exactly the labels of the keys.
 */
final class Table {
  private final Panel panel;
  private final ObjectNode index = Json.object();
  private final ObjectNode names = Json.object();
  private final List<Column> columns = new ArrayList<>();

  /** One query. */
  private record Column(String name, String expression) {}

  Table(String title, String description, int width, int height) {
    panel =
        new Panel(
            "table",
            title,
            description,
            width,
            height,
            Json.object("cellHeight", "sm", "frameIndex", 0, "showHeader", true),
            Json.object(
                "align",
                "auto",
                "cellOptions",
                Json.object("type", "auto"),
                "filterable",
                true,
                "inspect",
                false,
                "minWidth",
                70)); // Grafana's own 150 hides the last columns of a narrow table
    panel.tables().unit("short");
  }

  /** A label that rows are told apart by; no more than the labels of the queries. */
  Table key(String label, String name, int width, Link... links) {
    index.put(label, index.size());
    names.put(label, name);
    List<ObjectNode> properties = new ArrayList<>();
    properties.add(property("custom.width", width));
    if (links.length > 0) {
      ArrayNode all = Json.array();
      for (Link link : links) {
        all.add(link.json());
      }
      properties.add(property("links", all));
    }
    return describe(name, properties);
  }

  /** A column of numbers in a unit. */
  Table column(String name, String unit, String expression) {
    columns.add(new Column(name, expression));
    return describe(name, List.of(property("unit", unit)));
  }

  /** A column of numbers in a unit, colored from these values on. */
  Table column(String name, String unit, double yellow, double red, String expression) {
    columns.add(new Column(name, expression));
    return describe(
        name,
        List.of(
            property("unit", unit),
            property("thresholds", Panel.thresholdsOf("text", yellow, "#EAB839", red, "red")),
            property("color", Json.object("mode", "thresholds")),
            property("custom.cellOptions", Json.object("type", "color-text"))));
  }

  /** A column of numbers that stand for texts: triples of number, text and color. */
  Table textColumn(String name, String expression, Object... valuesTextsAndColors) {
    columns.add(new Column(name, expression));
    return describe(
        name,
        List.of(
            property("mappings", Panel.mappingsOf(valuesTextsAndColors)),
            property("custom.cellOptions", Json.object("type", "color-text"))));
  }

  private Table describe(String name, List<ObjectNode> properties) {
    panel.override(Json.object("id", "byName", "options", name), properties.toArray());
    return this;
  }

  private static ObjectNode property(String id, Object value) {
    return Json.object("id", id, "value", value);
  }

  /** The table, the rows with most in this column first. */
  Panel sortedBy(String column) {
    for (int i = 0; i < columns.size(); i++) {
      String refId = String.valueOf((char) ('A' + i));
      // Grafana names the column of a single query without its letter.
      String field = columns.size() == 1 ? "Value" : "Value #" + refId;
      index.put(field, index.size());
      names.put(field, columns.get(i).name());
      panel.query(refId, columns.get(i).expression(), "");
    }
    return panel
        .transform("merge", Json.object())
        .transform(
            "organize",
            Json.object(
                "excludeByName", Json.object("Time", true),
                "indexByName", index,
                "renameByName", names))
        .option("sortBy", Json.array(Json.object("desc", true, "displayName", column)));
  }
}
