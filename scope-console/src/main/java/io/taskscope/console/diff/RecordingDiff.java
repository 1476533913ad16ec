// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.diff;

import com.fasterxml.jackson.core.JsonGenerator;
import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.analysis.ScopeTotals;
import io.taskscope.console.analysis.Text;
import io.taskscope.console.diff.ScopeChange.Part;
import io.taskscope.console.diff.ScopeChange.Verdict;
import io.taskscope.console.report.Json;
import io.taskscope.console.report.Style;
import io.taskscope.console.report.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Two recordings side by side: which scopes got slower, and in which part of the time.
 *
 * @param before the first
 * @param after the second
 * @param changes of each path, those that cost most time first
 */
public record RecordingDiff(
    RecordingReport before, RecordingReport after, List<ScopeChange> changes) {

  /**
   * {@return the comparison of two recordings}
   *
   * @param before the first
   * @param after the second
   */
  public static RecordingDiff of(RecordingReport before, RecordingReport after) {
    TreeMap<String, @Nullable ScopeTotals> old = new TreeMap<>();
    before.scopes().forEach(scope -> old.put(scope.path(), scope));
    List<ScopeChange> changes = new ArrayList<>();
    for (ScopeTotals scope : after.scopes()) {
      changes.add(new ScopeChange(scope.path(), old.remove(scope.path()), scope));
    }
    old.forEach((path, scope) -> changes.add(new ScopeChange(path, scope, null)));
    changes.removeIf(
        change ->
            ScopeChange.tasks(change.before()) == 0 && ScopeChange.tasks(change.after()) == 0);
    changes.sort(
        Comparator.comparing(ScopeChange::verdict)
            .thenComparing(Comparator.comparingLong(ScopeChange::weight).reversed())
            .thenComparing(ScopeChange::path));
    return new RecordingDiff(before, after, List.copyOf(changes));
  }

  /**
   * Writes it for people.
   *
   * @param out takes the text
   * @param width of the terminal
   * @param style of the terminal
   */
  public void writeText(PrintWriter out, int width, Style style) {
    out.println(style.bold(Text.printable("from " + before.file() + " to " + after.file())));
    List<ScopeChange> slower =
        changes.stream().filter(change -> change.verdict() == Verdict.SLOWER).toList();
    out.println(
        slower.isEmpty()
            ? "no scope got slower by more than 5 %"
            : Text.count(slower.size(), "scope") + " got slower");
    for (ScopeChange change : slower) {
      out.println("  " + Text.printable(sentence(change)));
    }
    out.println();
    TextTable table =
        new TextTable(
            "SCOPE (mean time of a task)",
            "?TASKS",
            "BEFORE",
            "AFTER",
            "CHANGE",
            "RUNNING",
            "QUEUED",
            "PARKED",
            "?P99",
            "?FAILED",
            "");
    changes.forEach(change -> row(table, change));
    table.write(out, width, style);
  }

  private static String sentence(ScopeChange change) {
    Part part = change.part();
    return "%s: a task takes %s instead of %s, mostly %s (%s)%s"
        .formatted(
            change.path(),
            Text.time(change.meanAfter()),
            Text.time(change.meanBefore()),
            part.label(),
            signed(change.delta(part)),
            change.few() ? "; few tasks, perhaps chance" : "");
  }

  private static void row(TextTable table, ScopeChange change) {
    ScopeTotals before = change.before();
    ScopeTotals after = change.after();
    table.row(
        change.path(),
        Text.count(ScopeChange.tasks(before)) + " → " + Text.count(ScopeChange.tasks(after)),
        Text.time(change.meanBefore()),
        Text.time(change.meanAfter()),
        change.meanBefore() == 0
            ? "-"
            : "%+.0f %%"
                .formatted(
                    100.0 * (change.meanAfter() - change.meanBefore()) / change.meanBefore()),
        signed(change.delta(Part.RUNNING)),
        signed(change.delta(Part.QUEUED)),
        signed(change.delta(Part.PARKED)),
        before == null || after == null
            ? "-"
            : signed(after.durations().quantile(0.99) - before.durations().quantile(0.99)),
        Text.percent(ScopeChange.failures(before), ScopeChange.tasks(before))
            + " → "
            + Text.percent(ScopeChange.failures(after), ScopeChange.tasks(after)),
        change.verdict().label());
  }

  private static String signed(long nanos) {
    return (nanos > 0 ? "+" : "") + Text.time(nanos);
  }

  /**
   * Writes it for programs: schema {@code taskscope.diff}, version 1.
   *
   * @param out takes the text; not closed
   * @throws IOException if writing fails
   */
  public void writeJson(Writer out) throws IOException {
    try (JsonGenerator json = Json.readable(out)) {
      Json.begin(json, "taskscope.diff");
      json.writeStringField("before", before.file().toString());
      json.writeStringField("after", after.file().toString());
      json.writeArrayFieldStart("scopes");
      for (ScopeChange change : changes) {
        json.writeStartObject();
        json.writeStringField("path", change.path());
        json.writeStringField("verdict", change.verdict().label());
        json.writeStringField("part", change.part().label());
        json.writeBooleanField("few", change.few());
        side(json, "before", change.before());
        side(json, "after", change.after());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    out.append('\n');
  }

  private static void side(JsonGenerator json, String name, @Nullable ScopeTotals totals)
      throws IOException {
    if (totals == null) {
      json.writeNullField(name);
      return;
    }
    json.writeObjectFieldStart(name);
    json.writeNumberField("finished", totals.finished());
    json.writeNumberField("failed", ScopeChange.failures(totals));
    json.writeNumberField("meanNanos", totals.durations().mean());
    json.writeNumberField("p99Nanos", totals.durations().quantile(0.99));
    for (Part part : Part.values()) {
      json.writeNumberField(part.label() + "Nanos", ScopeChange.mean(totals, part));
    }
    json.writeEndObject();
  }
}
