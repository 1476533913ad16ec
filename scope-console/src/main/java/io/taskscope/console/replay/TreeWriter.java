// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.taskscope.console.analysis.Text;
import io.taskscope.console.report.Json;
import io.taskscope.console.report.Style;
import io.taskscope.console.report.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import java.util.TreeMap;

/** Writes a tree for people and for programs. */
public final class TreeWriter {
  private static final int TASKS_IN_TEXT = 30;

  private final TreeAt tree;
  private final TreeSource source;

  /**
   * @param tree to write
   * @param source it is from
   */
  public TreeWriter(TreeAt tree, TreeSource source) {
    this.tree = tree;
    this.source = source;
  }

  /**
   * Writes it for people.
   *
   * @param out takes the text
   * @param width of the terminal
   * @param style of the terminal
   */
  public void writeText(PrintWriter out, int width, Style style) {
    out.println(
        style.bold(
            "%s (+%s of %s), %s live"
                .formatted(
                    PointInTime.instant(tree.nanos()),
                    Text.time(tree.nanos() - source.startNanos()),
                    Text.time(source.endNanos() - source.startNanos()),
                    Text.count(tree.taskCount(), "task"))));
    out.println();
    scopes().write(out, width, style);
    TextTable tasks = new TextTable("TASK", "ID", "AGE", "STATE", "FOR", "?PARENT");
    tree.tasks().stream().limit(TASKS_IN_TEXT).forEach(task -> row(tasks, task));
    if (!tasks.isEmpty()) {
      out.println();
      tasks.write(out, width, style);
    }
    if (tree.taskCount() > TASKS_IN_TEXT) {
      out.println("… and " + Text.count(tree.taskCount() - TASKS_IN_TEXT, "younger task"));
    }
  }

  private TextTable scopes() {
    TextTable table =
        new TextTable("SCOPE", "STATE", "LIVE", "RUN", "QUEUE", "PARK", "?SCOPES", "?SHUTDOWN");
    Map<String, TreeAt.ScopeAt> byPath = new TreeMap<>();
    for (TreeAt.ScopeAt scope : tree.scopes()) {
      byPath.put(scope.path().replace('/', '\u0001'), scope);
    }
    byPath
        .values()
        .forEach(
            scope ->
                table.row(
                    scope.path(),
                    scope.state().isEmpty() ? "-" : scope.state(),
                    Text.count(scope.live()),
                    Text.count(scope.running()),
                    Text.count(scope.queued()),
                    Text.count(scope.parked()),
                    scope.scopes() == 0 ? "-" : Text.count(scope.scopes()),
                    scope.phase().isEmpty() ? "-" : scope.phase()));
    return table;
  }

  private static void row(TextTable table, TreeAt.TaskAt task) {
    table.row(
        task.path() + " " + task.name(),
        Long.toString(task.id()),
        Text.time(task.ageNanos()),
        task.reason().isEmpty() ? task.state() : task.state() + " (" + task.reason() + ")",
        task.stateNanos() == 0 ? "-" : Text.time(task.stateNanos()),
        task.parentId() == 0 ? "-" : Long.toString(task.parentId()));
  }

  /**
   * Writes it for programs: schema {@code taskscope.tree}, version 1.
   *
   * @param out takes the text; not closed
   * @throws IOException if writing fails
   */
  public void writeJson(Writer out) throws IOException {
    try (JsonGenerator json = Json.readable(out)) {
      Json.begin(json, "taskscope.tree");
      json.writeStringField("at", PointInTime.instant(tree.nanos()));
      json.writeStringField("start", PointInTime.instant(source.startNanos()));
      json.writeStringField("end", PointInTime.instant(source.endNanos()));
      json.writeNumberField("liveTasks", tree.taskCount());
      json.writeArrayFieldStart("scopes");
      for (TreeAt.ScopeAt scope : tree.scopes()) {
        scope(json, scope);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("tasks");
      for (TreeAt.TaskAt task : tree.tasks()) {
        task(json, task);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    out.append('\n');
  }

  private static void scope(JsonGenerator json, TreeAt.ScopeAt scope) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", scope.path());
    json.writeStringField("state", scope.state());
    json.writeStringField("shutdownPhase", scope.phase());
    json.writeNumberField("scopes", scope.scopes());
    json.writeNumberField("live", scope.live());
    json.writeNumberField("queued", scope.queued());
    json.writeNumberField("running", scope.running());
    json.writeNumberField("parked", scope.parked());
    json.writeEndObject();
  }

  private static void task(JsonGenerator json, TreeAt.TaskAt task) throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", task.id());
    json.writeNumberField("parentId", task.parentId());
    json.writeStringField("path", task.path());
    json.writeStringField("name", task.name());
    json.writeNumberField("ageNanos", task.ageNanos());
    json.writeStringField("state", task.state());
    json.writeStringField("reason", task.reason());
    json.writeNumberField("stateNanos", task.stateNanos());
    json.writeEndObject();
  }
}
