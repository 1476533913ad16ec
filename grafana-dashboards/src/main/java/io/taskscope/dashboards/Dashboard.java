// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One dashboard: its variables, its links to the others, and its panels from left to right and from
 * top to bottom. Mutable while it is built, by one thread.
 */
final class Dashboard {
  /** What all dashboards are found by. */
  static final String TAG = "taskscope";

  /** Of the dashboard JSON; Grafana brings older ones up to date when it loads them. */
  private static final int SCHEMA_VERSION = 42;

  private static final int COLUMNS = 24;
  private static final int TEXT_HEIGHT = 3;

  private final String uid;
  private final String title;
  private final String question;
  private final ArrayNode variables = Json.array();
  private final ArrayNode panels = Json.array();
  private int x;
  private int y;
  private int rowHeight;

  /**
   * @param uid never changes, as links are made of it
   * @param title without "Taskscope"
   * @param question that it answers
   * @param reading how to read it, as Markdown
   */
  Dashboard(String uid, String title, String question, String reading) {
    this.uid = uid;
    this.title = title;
    this.question = question;
    variables.add(datasource());
    variables.add(
        query(
            "job",
            "Job",
            "The services, by the job Prometheus scrapes them under.",
            "label_values(taskscope_build_info, job)"));
    variables.add(
        query(
            "instance",
            "Instance",
            "The processes. Panels called \"fleet\" show all of them whatever is chosen here.",
            "label_values(taskscope_build_info{job=~\"$job\"}, instance)"));
    add(
        Panels.text(
            question,
            "The question this dashboard answers, and how to read it.",
            COLUMNS,
            TEXT_HEIGHT,
            reading));
  }

  String uid() {
    return uid;
  }

  private static ObjectNode datasource() {
    return Json.object(
        "name", "datasource",
        "type", "datasource",
        "label", "Data source",
        "description", "A Prometheus, or what answers its queries.",
        "query", "prometheus",
        "includeAll", false,
        "multi", false,
        "refresh", 1);
  }

  private static ObjectNode query(String name, String label, String description, String query) {
    return Json.object(
        "name",
        name,
        "type",
        "query",
        "label",
        label,
        "description",
        description,
        "datasource",
        Json.object("type", "prometheus", "uid", "${datasource}"),
        "query",
        Json.object("qryType", 1, "query", query, "refId", name),
        "includeAll",
        true,
        "allValue",
        ".+",
        "multi",
        true,
        "current",
        Json.object("text", Json.array("All"), "value", Json.array("$__all")),
        "refresh",
        2,
        "sort",
        7);
  }

  /** Lets the user choose all scopes or one, which stands for what is below it too. */
  Dashboard scopeOrAll() {
    ObjectNode variable = scopeVariable();
    variable.put("includeAll", true);
    variable.put("allValue", ".*");
    variable.set("current", Json.object("text", "All", "value", "$__all"));
    variables.add(variable);
    return this;
  }

  /** Lets the user choose one scope. */
  Dashboard scope() {
    ObjectNode variable = scopeVariable();
    variable.put("includeAll", false);
    variable.put("regex", "/^\\/.*/");
    variables.add(variable);
    return this;
  }

  private static ObjectNode scopeVariable() {
    ObjectNode variable =
        query(
            "scope",
            "Scope",
            "The path of a scope.",
            "label_values(taskscope_scope_info{job=~\"$job\", instance=~\"$instance\"}, scope_path)");
    variable.put("multi", false);
    variable.remove("allValue");
    variable.remove("current");
    return variable;
  }

  /** A heading. */
  Dashboard row(String heading) {
    newLine();
    panels.add(
        Json.object(
            "id",
            panels.size() + 1,
            "type",
            "row",
            "title",
            heading,
            "collapsed",
            false,
            "gridPos",
            Json.object("h", 1, "w", COLUMNS, "x", 0, "y", y),
            "panels",
            Json.array()));
    y++;
    return this;
  }

  Dashboard add(Panel panel) {
    if (x + panel.width() > COLUMNS) {
      newLine();
    }
    panels.add(panel.json(panels.size() + 1, x, y));
    x += panel.width();
    rowHeight = Math.max(rowHeight, panel.height());
    return this;
  }

  private void newLine() {
    x = 0;
    y += rowHeight;
    rowHeight = 0;
  }

  ObjectNode json() {
    return Json.object(
        "uid",
        uid,
        "title",
        "Taskscope / " + title,
        "description",
        question,
        "tags",
        Json.array(TAG),
        "editable",
        false,
        "graphTooltip",
        1,
        "schemaVersion",
        SCHEMA_VERSION,
        "version",
        1,
        "timezone",
        "browser",
        "refresh",
        "30s",
        "time",
        Json.object("from", "now-1h", "to", "now"),
        "links",
        Json.array(linkBar()),
        "templating",
        Json.object("list", variables),
        "annotations",
        Json.object("list", Json.array()),
        "panels",
        panels);
  }

  /** A link to each dashboard of the tag, with variables and time. */
  private static ObjectNode linkBar() {
    return Json.object(
        "type",
        "dashboards",
        "title",
        "Taskscope",
        "tags",
        Json.array(TAG),
        "asDropdown",
        false,
        "icon",
        "external link",
        "includeVars",
        true,
        "keepTime",
        true,
        "targetBlank",
        false,
        "tooltip",
        "");
  }
}
