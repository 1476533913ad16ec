// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One panel: what all kinds have. {@link Panels} makes them; the place on the dashboard is found by
 * {@link Dashboard}. Mutable while it is built, by one thread.
 */
final class Panel {
  private static final ObjectNode PROMETHEUS =
      Json.object("type", "prometheus", "uid", "${datasource}");

  private final String type;
  private final String title;
  private final String description;
  private final int width;
  private final int height;
  private final ObjectNode options;
  private final ObjectNode defaults = Json.object();
  private final ArrayNode overrides = Json.array();
  private final ArrayNode targets = Json.array();
  private final ArrayNode transformations = Json.array();
  private final ObjectNode custom;
  private boolean instant;
  private boolean table;

  /**
   * @param type as Grafana calls it
   * @param width of 24 columns
   * @param height in units of the grid
   * @param options of this type of panel
   * @param custom options of this type of panel that are set field by field
   */
  Panel(
      String type,
      String title,
      String description,
      int width,
      int height,
      ObjectNode options,
      ObjectNode custom) {
    this.type = type;
    this.title = title;
    this.description = description;
    this.width = width;
    this.height = height;
    this.options = options;
    this.custom = custom;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** The unit of every value, by its id in Grafana. */
  Panel unit(String unit) {
    defaults.put("unit", unit);
    return this;
  }

  Panel decimals(int decimals) {
    defaults.put("decimals", decimals);
    return this;
  }

  Panel min(double min) {
    defaults.put("min", min);
    return this;
  }

  /** The least that the axis reaches up to: nothing but zeros would be drawn on one up to 100. */
  Panel axisTo(double value) {
    return fieldOption("axisSoftMax", value);
  }

  Panel max(double max) {
    defaults.put("max", max);
    return this;
  }

  /** What is shown where there is no value. */
  Panel noValue(String text) {
    defaults.put("noValue", text);
    return this;
  }

  /** Green, and from these values on yellow and red. */
  Panel thresholds(double yellow, double red) {
    return colors("green", yellow, "#EAB839", red, "red");
  }

  /** Green, and red from this value on. */
  Panel threshold(double red) {
    return colors("green", red, "red");
  }

  /** A color, then pairs of a value and the color from there on. */
  Panel colors(String first, Object... valuesAndColors) {
    defaults.set("thresholds", thresholdsOf(first, valuesAndColors));
    defaults.set("color", Json.object("mode", "thresholds"));
    return this;
  }

  static ObjectNode thresholdsOf(String first, Object... valuesAndColors) {
    ArrayNode steps = Json.array();
    steps.addObject().put("color", first).putNull("value");
    for (int i = 0; i < valuesAndColors.length; i += 2) {
      steps
          .addObject()
          .put("color", (String) valuesAndColors[i + 1])
          .put("value", ((Number) valuesAndColors[i]).doubleValue());
    }
    return Json.object("mode", "absolute", "steps", steps);
  }

  /** Shows a text and a color for a value: triples of value, text and color. */
  Panel mapping(Object... valuesTextsAndColors) {
    defaults.set("mappings", mappingsOf(valuesTextsAndColors));
    return this;
  }

  static ArrayNode mappingsOf(Object... valuesTextsAndColors) {
    ObjectNode results = Json.object();
    for (int i = 0; i < valuesTextsAndColors.length; i += 3) {
      results.set(
          String.valueOf(valuesTextsAndColors[i]),
          Json.object(
              "text", valuesTextsAndColors[i + 1],
              "color", valuesTextsAndColors[i + 2],
              "index", i / 3));
    }
    return Json.array(Json.object("type", "value", "options", results));
  }

  /** Every value leads there. */
  Panel link(Link link) {
    defaults.set("links", Json.array(link.json()));
    return this;
  }

  /** A color for the series of this name. */
  Panel seriesColor(String name, String color) {
    return override(
        Json.object("id", "byName", "options", name),
        Json.object("id", "color", "value", Json.object("mode", "fixed", "fixedColor", color)));
  }

  Panel override(ObjectNode matcher, Object... properties) {
    overrides.add(Json.object("matcher", matcher, "properties", Json.array(properties)));
    return this;
  }

  /** From now on queries ask for one moment, and answer as time series. */
  Panel instant() {
    instant = true;
    return this;
  }

  /** From now on queries ask for one moment, and answer as tables. */
  Panel tables() {
    instant = true;
    table = true;
    return this;
  }

  /** A query whose series are called by this pattern of labels. */
  Panel query(String expression, String legend) {
    return query(refId(targets.size()), expression, legend);
  }

  Panel query(String refId, String expression, String legend) {
    target(refId, expression, legend);
    return this;
  }

  /** As {@link #query(String, String)}, with the exemplars of the series it reads. */
  Panel queryWithExemplars(String expression, String legend) {
    target(refId(targets.size()), expression, legend).put("exemplar", true);
    return this;
  }

  /** Of the buckets of a histogram, for a heatmap. */
  Panel bucketQuery(String expression) {
    target(refId(targets.size()), expression, "{{le}}").put("format", "heatmap");
    return this;
  }

  private ObjectNode target(String refId, String expression, String legend) {
    ObjectNode target =
        Json.object(
            "datasource", PROMETHEUS,
            "editorMode", "code",
            "expr", expression,
            "format", table ? "table" : "time_series",
            "instant", instant,
            "legendFormat", legend,
            "range", !instant,
            "refId", refId);
    targets.add(target);
    return target;
  }

  private static String refId(int index) {
    return String.valueOf((char) ('A' + index));
  }

  Panel transform(String id, ObjectNode transformation) {
    transformations.add(Json.object("id", id, "options", transformation));
    return this;
  }

  Panel transformSome(String id, String refIds, ObjectNode transformation) {
    transformations.add(
        Json.object(
            "id", id,
            "filter", Json.object("id", "byRefId", "options", refIds),
            "options", transformation));
    return this;
  }

  Panel option(String name, Object value) {
    options.set(name, Json.array(value).get(0));
    return this;
  }

  Panel fieldOption(String name, Object value) {
    custom.set(name, Json.array(value).get(0));
    return this;
  }

  ObjectNode json(int id, int x, int y) {
    ObjectNode panel =
        Json.object(
            "id", id,
            "type", type,
            "title", title,
            "description", description,
            "gridPos", Json.object("h", height, "w", width, "x", x, "y", y));
    if (!targets.isEmpty()) {
      panel.set("datasource", PROMETHEUS);
      if (!custom.isEmpty()) {
        defaults.set("custom", custom);
      }
      panel.set("fieldConfig", Json.object("defaults", defaults, "overrides", overrides));
    }
    panel.set("options", options);
    if (!targets.isEmpty()) {
      panel.set("targets", targets);
    }
    if (!transformations.isEmpty()) {
      panel.set("transformations", transformations);
    }
    return panel;
  }
}
