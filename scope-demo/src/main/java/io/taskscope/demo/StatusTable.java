// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.taskscope.view.PathStatistics;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what every scope is doing, and how much it did since the last time. Not thread-safe. */
final class StatusTable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final String ROW = "%-34s %5s %8s %7s %7s %9s%n";

  private Map<String, Long> startedBefore = new HashMap<>();

  /**
   * The table of now.
   *
   * @param paths what they count now
   * @param since the time since the table before, for the rates
   */
  String next(List<PathStatistics> paths, Duration since) {
    StringBuilder text = new StringBuilder();
    text.append(
        ROW.formatted(
            LocalTime.now(ZoneId.systemDefault()).format(TIME) + "  scope",
            "live",
            "started",
            "/s",
            "failed",
            "oldest"));
    Map<String, Long> startedNow = new HashMap<>();
    for (PathStatistics path : paths) {
      long started = path.started().values().stream().mapToLong(Long::longValue).sum();
      startedNow.put(path.path(), started);
      if (started > 0) {
        double rate =
            (started - startedBefore.getOrDefault(path.path(), 0L)) * 1e9 / since.toNanos();
        text.append(
            ROW.formatted(
                path.path(),
                path.live(),
                started,
                String.format(Locale.ROOT, "%.1f", rate),
                path.finished().failure(),
                path.live() == 0 ? "-" : age(path.oldestTask())));
      }
    }
    startedBefore = startedNow;
    return text.toString();
  }

  private static String age(Duration age) {
    return age.compareTo(Duration.ofMinutes(2)) < 0
        ? String.format(Locale.ROOT, "%.1f s", age.toMillis() / 1e3)
        : age.toMinutes() + " min";
  }
}
