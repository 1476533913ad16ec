// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The kinds of panels, each with the options that all panels of the kind share. */
final class Panels {
  private Panels() {}

  /** Says which question the dashboard answers and how to read it. */
  static Panel text(String title, String description, int width, int height, String markdown) {
    return new Panel(
        "text",
        title,
        description,
        width,
        height,
        Json.object("mode", "markdown", "content", markdown),
        Json.object());
  }

  /** Lines over time. */
  static Panel lines(String title, String description, int width, int height) {
    return new Panel(
        "timeseries",
        title,
        description,
        width,
        height,
        Json.object(
            "legend",
                Json.object(
                    "calcs",
                    Json.array("lastNotNull", "max"),
                    "displayMode",
                    "table",
                    "placement",
                    "bottom",
                    "showLegend",
                    true),
            "tooltip", Json.object("mode", "multi", "sort", "desc")),
        Json.object(
            "drawStyle",
            "line",
            "fillOpacity",
            10,
            "lineWidth",
            1,
            "showPoints",
            "never",
            "spanNulls",
            false));
  }

  /** Areas on top of each other, for parts of a whole. */
  static Panel stack(String title, String description, int width, int height) {
    return lines(title, description, width, height)
        .min(0)
        .fieldOption("fillOpacity", 40)
        .fieldOption("stacking", Json.object("group", "A", "mode", "normal"));
  }

  /** One number, with how it was before. */
  static Panel stat(String title, String description, int width) {
    return stat(title, description, width, 4, "value", "area");
  }

  /** The names of series, each as a link. */
  static Panel names(String title, String description, int width, int height) {
    return stat(title, description, width, height, "name", "none")
        .option("orientation", "vertical")
        .option("text", Json.object("titleSize", 16));
  }

  private static Panel stat(
      String title, String description, int width, int height, String textMode, String graphMode) {
    return new Panel(
        "stat",
        title,
        description,
        width,
        height,
        Json.object(
            "colorMode",
            "value",
            "graphMode",
            graphMode,
            "justifyMode",
            "auto",
            "orientation",
            "auto",
            "percentChangeColorMode",
            "standard",
            "reduceOptions",
            Json.object("calcs", Json.array("lastNotNull"), "fields", "", "values", false),
            "showPercentChange",
            false,
            "textMode",
            textMode,
            "wideLayout",
            true),
        Json.object());
  }

  /** How many values there were between two bounds, over time. */
  static Panel heatmap(String title, String description, int width, int height) {
    ObjectNode options =
        Json.object(
            "calculate", false,
            "cellGap", 1,
            "cellValues", Json.object("unit", "ops"),
            "color",
                Json.object(
                    "exponent", 0.5,
                    "fill", "dark-orange",
                    "mode", "scheme",
                    "reverse", false,
                    "scale", "exponential",
                    "scheme", "Oranges",
                    "steps", 64),
            "exemplars", Json.object("color", "rgba(255,0,255,0.7)"),
            "filterValues", Json.object("le", 1e-9),
            "legend", Json.object("show", true),
            "rowsFrame", Json.object("layout", "auto"),
            "showValue", "never",
            "tooltip", Json.object("mode", "single", "showColorScale", true, "yHistogram", true),
            "yAxis", Json.object("axisPlacement", "left", "reverse", false, "unit", "s"));
    return new Panel("heatmap", title, description, width, height, options, Json.object())
        .unit("s");
  }

  /** A bar for each series, in time order of states. */
  static Panel stateTimeline(String title, String description, int width, int height) {
    return new Panel(
        "state-timeline",
        title,
        description,
        width,
        height,
        Json.object(
            "alignValue",
            "left",
            "legend",
            Json.object(
                "calcs",
                Json.array(),
                "displayMode",
                "list",
                "placement",
                "bottom",
                "showLegend",
                true),
            "mergeValues",
            true,
            "perPage",
            40,
            "rowHeight",
            0.85,
            "showValue",
            "auto",
            "tooltip",
            Json.object("mode", "single", "sort", "none")),
        Json.object("fillOpacity", 80, "lineWidth", 0));
  }

  /** Horizontal bars, the longest first where the query sorts. */
  static Panel bars(String title, String description, int width, int height) {
    return new Panel(
        "bargauge",
        title,
        description,
        width,
        height,
        Json.object(
            "displayMode",
            "basic",
            "legend",
            Json.object(
                "calcs",
                Json.array(),
                "displayMode",
                "list",
                "placement",
                "bottom",
                "showLegend",
                false),
            "maxVizHeight",
            40,
            "minVizHeight",
            16,
            "minVizWidth",
            8,
            "namePlacement",
            "left",
            "orientation",
            "horizontal",
            "reduceOptions",
            Json.object("calcs", Json.array("lastNotNull"), "fields", "", "values", false),
            "showUnfilled",
            true,
            "sizing",
            "auto",
            "valueMode",
            "text"),
        Json.object());
  }

  /** A graph of nodes and edges. */
  static Panel nodeGraph(String title, String description, int width, int height) {
    return new Panel(
        "nodeGraph",
        title,
        description,
        width,
        height,
        Json.object("layoutAlgorithm", "layered", "zoomMode", "cooperative"),
        Json.object());
  }
}
