// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import io.taskscope.Outcome;
import io.taskscope.console.analysis.AbandonedTask;
import io.taskscope.console.analysis.ParkGroup;
import io.taskscope.console.analysis.RecordingFinding;
import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.analysis.ScopeTotals;
import io.taskscope.console.analysis.ShutdownPhaseRecord;
import io.taskscope.console.analysis.TaskRecord;
import io.taskscope.console.analysis.Text;
import io.taskscope.console.analysis.Unknown;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/** A report as text for a terminal. */
public final class TextReport {
  private static final int TASKS = 10;
  private static final int PARKS = 8;
  private static final int FRAMES = 6;
  private static final int PHASES = 40;
  private static final int LONGEST = 1_000;

  private final RecordingReport report;
  private final int width;
  private final Style style;

  /**
   * @param report to write
   * @param width of the terminal in characters
   * @param colors whether it has colours
   */
  public TextReport(RecordingReport report, int width, boolean colors) {
    this.report = report;
    this.width = width;
    this.style = new Style(colors);
  }

  /**
   * Writes it.
   *
   * @param out takes the text
   */
  public void write(PrintWriter out) {
    header(out);
    findings(out);
    tree(out);
    resources(out);
    slowest(out);
    live(out);
    parks(out);
    shutdowns(out);
    unknowns(out);
  }

  private void header(PrintWriter out) {
    out.println(style.bold(Text.printable(String.valueOf(report.file().getFileName()))));
    out.println(
        "%s, %s from %s, %s (%s of Taskscope)"
            .formatted(
                Text.bytes(report.coverage().bytes()),
                Text.time(report.durationNanos()),
                time(report.coverage().startNanos()),
                Text.count(report.coverage().eventCount(), "event"),
                Text.count(report.ourEvents())));
    String agent = report.environment().agent();
    if (!report.environment().jvm().isEmpty()) {
      fold(out, "", report.environment().jvm());
    }
    out.println("agent: " + (agent.isEmpty() ? "not told" : agent));
  }

  static String time(long nanos) {
    return Instant.ofEpochSecond(0, nanos).truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private void title(PrintWriter out, String title) {
    out.println();
    out.println(style.bold(title));
  }

  private void findings(PrintWriter out) {
    title(out, "Findings");
    if (report.findings().isEmpty()) {
      out.println("none");
    }
    for (RecordingFinding finding : report.findings()) {
      out.print(style.severity(finding.severity()) + " ");
      fold(out, " ".repeat(8), finding.sentence());
      finding
          .evidence()
          .forEach(
              (label, value) ->
                  out.println(TextTable.fit(" ".repeat(10) + label + ": " + value, width)));
      for (TaskRecord task : finding.tasks().stream().limit(3).toList()) {
        out.println(
            TextTable.fit(
                " ".repeat(10)
                    + "task %s \"%s\", %s".formatted(task.id(), task.name(), Text.time(task.age())),
                width));
      }
      stack(out, finding.stack());
    }
  }

  private void stack(PrintWriter out, List<String> stack) {
    for (String frame : stack.stream().limit(FRAMES).toList()) {
      out.println(style.faint(TextTable.fit(" ".repeat(10) + "at " + frame, width)));
    }
    if (stack.size() > FRAMES) {
      out.println(style.faint(" ".repeat(10) + "… " + (stack.size() - FRAMES) + " more"));
    }
  }

  private void tree(PrintWriter out) {
    title(out, "Scopes: tasks that ended, and where their time went");
    TextTable table =
        new TextTable(
            "SCOPE", "ENDED", "FAILED", "?LIVE", "?P50", "P99", "?MAX", "RUN", "QUEUE", "PARK");
    for (ScopeTree.Row row : ScopeTree.rows(report)) {
      ScopeTotals own = row.own();
      String name = "  ".repeat(row.depth()) + row.name();
      if (own == null) {
        table.row(name, "", "", "", "", "", "", "", "", "");
        continue;
      }
      table.row(
          name,
          Text.count(own.finished()),
          Text.count(own.finished(Outcome.Kind.FAILURE)),
          Text.count(own.live()),
          Text.time(own.durations().quantile(0.5)),
          Text.time(own.durations().quantile(0.99)),
          Text.time(own.durations().max()),
          Text.percent(own.running(), own.total()),
          Text.percent(own.queued(), own.total()),
          Text.percent(own.parked(), own.total()));
    }
    table.write(out, width, style);
    TextTable reasons = new TextTable("SCOPE", "PARKED FOR", "TIMES", "TOGETHER", "?LONGEST");
    for (ScopeTotals scope : report.scopes()) {
      scope
          .parksByReason()
          .forEach(
              (reason, tally) ->
                  reasons.row(
                      scope.path(),
                      reason,
                      Text.count(tally.count()),
                      Text.time(tally.nanos()),
                      Text.time(tally.max())));
      if (scope.parkedUnrecorded() > 0) {
        reasons.row(scope.path(), "(not recorded)", "", Text.time(scope.parkedUnrecorded()), "");
      }
    }
    if (!reasons.isEmpty()) {
      title(out, "Parked time by reason, as far as recorded");
      reasons.write(out, width, style);
    }
  }

  private void resources(PrintWriter out) {
    TextTable table =
        new TextTable(
            "SCOPE", "CPU", "ALLOCATED", "?LOCKS", "?SOCKETS", "?FILES", "?THROWN", "?PINNED");
    long cpu = report.noTask().cpuSamples();
    long allocated = report.noTask().allocatedBytes();
    for (ScopeTotals scope : report.scopes()) {
      cpu += scope.cpuSamples();
      allocated += scope.allocatedBytes();
    }
    if (cpu + allocated == 0) {
      return;
    }
    title(
        out,
        "Processor and memory by scope: %s, %s sampled"
            .formatted(Text.count(cpu, "sample"), Text.bytes(allocated)));
    for (ScopeTotals scope : report.scopes()) {
      resources(table, scope, cpu, allocated);
    }
    resources(table, report.noTask(), cpu, allocated);
    table.write(out, width, style);
  }

  private static void resources(TextTable table, ScopeTotals scope, long cpu, long allocated) {
    table.row(
        scope.path(),
        Text.percent(scope.cpuSamples(), cpu),
        Text.percent(scope.allocatedBytes(), allocated),
        Text.time(scope.locks().nanos()),
        Text.time(scope.sockets().nanos()),
        Text.time(scope.files().nanos()),
        Text.count(scope.exceptions()),
        Text.time(scope.pinned().nanos()));
  }

  private void slowest(PrintWriter out) {
    TextTable table =
        new TextTable("SLOWEST TASKS", "ID", "TOTAL", "RUN", "QUEUE", "PARK", "?STEPS", "?OUTCOME");
    report.scopes().stream()
        .flatMap(scope -> scope.slowest().stream())
        .sorted(Comparator.comparingLong(TaskRecord::age).reversed())
        .limit(TASKS)
        .forEach(task -> row(table, task, task.outcome()));
    if (!table.isEmpty()) {
      out.println();
      table.write(out, width, style);
    }
  }

  private void live(PrintWriter out) {
    TextTable table =
        new TextTable("LIVE AT THE END", "ID", "AGE", "RUN", "QUEUE", "PARK", "?STEPS", "?OUTCOME");
    report.liveTasks().stream().limit(TASKS).forEach(task -> row(table, task, "live"));
    if (!table.isEmpty()) {
      out.println();
      table.write(out, width, style);
    }
  }

  private static void row(TextTable table, TaskRecord task, String outcome) {
    table.row(
        task.path() + " " + task.name(),
        Long.toString(task.id()),
        Text.time(task.age()),
        Text.time(task.running()),
        Text.time(task.queued()),
        Text.time(task.parked()),
        Text.count(task.steps()),
        outcome);
  }

  private void parks(PrintWriter out) {
    if (report.parks().isEmpty()) {
      return;
    }
    title(out, "Longest waits, by identical stack");
    for (ParkGroup group : report.parks().stream().limit(PARKS).toList()) {
      out.println(
          TextTable.fit(
              "%s in %s, the longest %s: %s %s%s"
                  .formatted(
                      Text.time(group.waits().nanos()),
                      Text.count(group.waits().count(), "wait"),
                      Text.time(group.waits().max()),
                      group.path(),
                      group.reason(),
                      group.blocker().isEmpty() ? "" : " for " + group.blocker()),
              width));
      stack(out, group.stack());
    }
  }

  private void shutdowns(PrintWriter out) {
    TextTable table =
        new TextTable("SHUTDOWN", "PHASE", "AT", "TOOK", "RESULT", "?BEGAN WITH", "?LEFT");
    for (ShutdownPhaseRecord phase : report.shutdowns().stream().limit(PHASES).toList()) {
      table.row(
          phase.path(),
          phase.phase(),
          "+" + Text.time(phase.startNanos() - report.coverage().startNanos()),
          Text.time(phase.nanos()),
          phase.result(),
          Text.count(phase.atStart()),
          Text.count(phase.atEnd()));
    }
    if (!table.isEmpty()) {
      out.println();
      table.write(out, width, style);
    }
    for (AbandonedTask task : report.abandoned().stream().limit(TASKS).toList()) {
      out.println(
          TextTable.fit(
              "abandoned: task %s \"%s\" of %s, %s old"
                  .formatted(task.id(), task.name(), task.path(), Text.time(task.age())),
              width));
      stack(out, task.stack());
    }
  }

  private void unknowns(PrintWriter out) {
    title(out, "What the recording does not know");
    if (report.unknowns().isEmpty()) {
      out.println("nothing that is known of");
    }
    for (Unknown unknown : report.unknowns()) {
      out.print(unknown.serious() ? "! " : "- ");
      fold(out, "  ", unknown.sentence());
    }
  }

  /** Breaks a text between words; the first line begins where the caller left off. */
  private void fold(PrintWriter out, String indent, String text) {
    int room = Math.max(20, width - indent.length());
    StringBuilder line = new StringBuilder();
    String breakable = TextTable.fit(text, LONGEST).replaceAll("(\\S{" + room + "})(?=\\S)", "$1 ");
    for (String word : breakable.split(" ", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > room) {
        out.println(line);
        out.print(indent);
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    out.println(line);
  }
}
