// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.OutcomeCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A shutdown report as a text for people: a line per scope in the order of closing, then the
 * culprits.
 */
final class ReportText {
  private static final int MAX_ROWS = 1_000;
  private static final int MAX_PATH = 200;
  private static final int MAX_PLACES = 20;
  private static final int MAX_FRAMES = 12;

  private ReportText() {}

  static String of(ShutdownReport report) {
    List<ShutdownReport> all = report.all();
    List<ShutdownReport> shown = worthARow(all);
    int width = shown.stream().mapToInt(r -> r.path().length()).max().orElse(0);
    width = Math.clamp(width, 5, 60);
    StringBuilder text = new StringBuilder();
    text.append("shutdown of ").append(report.path()).append(": ").append(report.result());
    text.append(" in ").append(Durations.text(report.duration()));
    report
        .deadline()
        .ifPresent(d -> text.append(" (deadline ").append(Durations.text(d)).append(')'));
    text.append('\n');
    text.append(
        row(
            width,
            "scope",
            "result",
            "time",
            "tasks",
            "ended",
            "cancelled",
            "abandoned",
            "resources"));
    for (ShutdownReport scope : shown) {
      text.append(row(scope, width));
    }
    if (shown.size() < all.size()) {
      text.append("  … and ").append(all.size() - shown.size()).append(" scopes more\n");
    }
    if (report.unfinished() > 0) {
      text.append("scopes were still being closed when this report was made, which goes on: ")
          .append(report.unfinished())
          .append('\n');
    }
    appendResourceTrouble(text, all);
    append(text, report.live(), ReportText::appendLive);
    append(text, report.abandoned(), ReportText::appendAbandoned);
    appendBackground(text, all);
    return text.toString();
  }

  /** All, or if they are too many, the worst of them and then those that closed last. */
  private static List<ShutdownReport> worthARow(List<ShutdownReport> all) {
    if (all.size() <= MAX_ROWS) {
      return all;
    }
    Set<ShutdownReport> worst = Collections.newSetFromMap(new IdentityHashMap<>());
    all.reversed().stream()
        .sorted(Comparator.comparing(ReportText::ownResult).reversed())
        .limit(MAX_ROWS)
        .forEach(worst::add);
    return all.stream().filter(worst::contains).toList();
  }

  /** The end of a long path tells more than its beginning, which all of them share. */
  private static String shortened(String path) {
    return path.length() <= MAX_PATH ? path : "…" + path.substring(path.length() - MAX_PATH + 1);
  }

  private static String row(ShutdownReport scope, int width) {
    OutcomeCounts during = scope.during();
    long closed = scope.resources().stream().filter(r -> !r.timedOut()).count();
    return row(
        width,
        shortened(scope.path()),
        scope.unfinished() > 0 ? "CLOSING" : ownResult(scope).name(),
        Durations.text(scope.duration()),
        Long.toString(scope.atStart()),
        Long.toString(during.success() + during.failure()),
        Long.toString(during.cancelled()),
        Long.toString(scope.ownAbandoned().size()),
        scope.resources().isEmpty() ? "-" : closed + "/" + scope.resources().size());
  }

  /** What happened in the scope itself; its {@code result()} includes what happened below. */
  private static ShutdownReport.Result ownResult(ShutdownReport scope) {
    ShutdownReport.Result own = ShutdownReport.Result.CLEAN;
    for (ShutdownReport.Phase phase : scope.phases()) {
      own = own.worse(phase.result());
    }
    return own;
  }

  private static String row(int width, String path, String... cells) {
    StringBuilder row = new StringBuilder();
    row.append(String.format(Locale.ROOT, "  %-" + width + "s  %-9s", path, cells[0]));
    for (int i = 1; i < cells.length; i++) {
      row.append(String.format(Locale.ROOT, "  %9s", cells[i]));
    }
    return row.append('\n').toString();
  }

  private static void appendResourceTrouble(StringBuilder text, List<ShutdownReport> all) {
    for (ShutdownReport scope : all) {
      for (ShutdownReport.Resource resource : scope.resources()) {
        if (resource.timedOut()) {
          text.append(
              "resource \"%s\" of %s did not close in %s%n"
                  .formatted(resource.name(), scope.path(), Durations.text(resource.duration())));
        } else if (resource.error() != null) {
          text.append(
              "resource \"%s\" of %s failed to close: %s%n"
                  .formatted(resource.name(), scope.path(), Failures.text(resource.error())));
        }
      }
    }
  }

  private static void appendBackground(StringBuilder text, List<ShutdownReport> all) {
    List<ShutdownReport.AbandonedTask> threads =
        all.stream().flatMap(scope -> scope.background().stream()).toList();
    threads.stream()
        .limit(MAX_PLACES)
        .forEach(
            thread ->
                text.append(
                    "background: thread %s \"%s\" of %s, %s old, is a daemon and lives on%n"
                        .formatted(
                            thread.id(),
                            thread.name(),
                            thread.path(),
                            Durations.text(thread.age()))));
    if (threads.size() > MAX_PLACES) {
      text.append("… and ").append(threads.size() - MAX_PLACES).append(" more in the background\n");
    }
  }

  /** Tasks of one name that stand at the same place are one entry, the most numerous first. */
  private static void append(
      StringBuilder text,
      List<ShutdownReport.AbandonedTask> tasks,
      BiConsumer<StringBuilder, List<ShutdownReport.AbandonedTask>> appendPlace) {
    record Place(String path, String name, List<StackTraceElement> stack) {}
    Map<Place, List<ShutdownReport.AbandonedTask>> places = new LinkedHashMap<>();
    for (ShutdownReport.AbandonedTask task : tasks) {
      places
          .computeIfAbsent(
              new Place(task.path(), task.name(), task.stack()), place -> new ArrayList<>())
          .add(task);
    }
    places.values().stream()
        .sorted(Comparator.comparingInt(same -> -same.size()))
        .limit(MAX_PLACES)
        .forEach(same -> appendPlace.accept(text, same));
    if (places.size() > MAX_PLACES) {
      text.append("… and tasks at ").append(places.size() - MAX_PLACES).append(" more places\n");
    }
  }

  private static void appendLive(StringBuilder text, List<ShutdownReport.AbandonedTask> same) {
    ShutdownReport.AbandonedTask first = same.getLast(); // the newest is named first
    text.append(
        same.size() == 1
            ? "still live: task %s \"%s\" of %s, %s old%n"
                .formatted(first.id(), first.name(), first.path(), Durations.text(first.age()))
            : "still live: %s tasks \"%s\" of %s, the first of them %s, %s old%n"
                .formatted(
                    same.size(),
                    first.name(),
                    first.path(),
                    first.id(),
                    Durations.text(first.age())));
  }

  private static void appendAbandoned(StringBuilder text, List<ShutdownReport.AbandonedTask> same) {
    ShutdownReport.AbandonedTask first = same.getFirst();
    String who =
        same.size() == 1
            ? "task %s \"%s\" of %s, %s old, ignored its interrupt; it stands"
                .formatted(first.id(), first.name(), first.path(), Durations.text(first.age()))
            : "%s tasks \"%s\" of %s, the first of them %s, %s old, ignored their interrupts; they stand"
                .formatted(
                    same.size(),
                    first.name(),
                    first.path(),
                    first.id(),
                    Durations.text(first.age()));
    text.append("abandoned: ").append(who).append(" at\n");
    List<StackTraceElement> stack = first.stack();
    stack.stream()
        .limit(MAX_FRAMES)
        .forEach(frame -> text.append("    ").append(frame).append('\n'));
    if (stack.isEmpty()) {
      text.append("    (the stack could not be told)\n");
    } else if (stack.size() > MAX_FRAMES) {
      text.append("    … ").append(stack.size() - MAX_FRAMES).append(" more\n");
    }
  }
}
