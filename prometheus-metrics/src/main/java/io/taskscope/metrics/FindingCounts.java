// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.TaskScope;
import io.taskscope.view.Finding;
import io.taskscope.view.Finding.Kind;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.Statistics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts findings by path and kind. They are the one thing for which live tasks are looked at, so
 * they are looked for again only when the last look is twenty times as long ago as it took: however
 * many tasks there are, it takes at most a twentieth of one processor.
 */
final class FindingCounts {
  private static final int REST = 20;

  /** No point in looking more often than this. */
  private static final long MIN_AGE = TimeUnit.MILLISECONDS.toNanos(50);

  private static final String NO_PATH = "";

  /** Kinds whose numbers are those of a path, in whatever trees it is. */
  private static final Set<String> OF_PATHS =
      Stream.of(Kind.SLOW_STEP, Kind.NEVER_YIELDS, Kind.LONG_QUEUE, Kind.PINNED, Kind.BUSY_YIELDING)
          .map(Kind::label)
          .collect(Collectors.toUnmodifiableSet());

  private final LongSupplier clock;

  // Used by one reading at a time.
  private Map<List<String>, Long> latest = Map.of();
  private long lookedAt;
  private long validFor = -1;
  private final Set<List<String>> shown = new HashSet<>();

  FindingCounts(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * The findings of now or a little while ago. What was found once stays with zero as long as its
   * path is there. Kinds that are about the JVM have no path, and every kind is there without one,
   * so that the metric exists when all is well.
   */
  Map<List<String>, Long> read(Statistics statistics) {
    long now = clock.getAsLong();
    if (validFor < 0 || now - lookedAt >= validFor) {
      latest = look();
      lookedAt = clock.getAsLong();
      validFor = Math.max(MIN_AGE, REST * (lookedAt - now));
    }
    Map<List<String>, Long> counts = new HashMap<>();
    for (Kind kind : Kind.values()) {
      counts.put(List.of(NO_PATH, kind.label()), 0L);
    }
    Set<String> paths = new HashSet<>();
    for (PathStatistics path : statistics.paths()) {
      paths.add(path.path());
    }
    shown.removeIf(key -> !paths.contains(key.getFirst()));
    shown.forEach(key -> counts.put(key, 0L));
    counts.putAll(latest);
    shown.addAll(latest.keySet());
    return counts;
  }

  private static Map<List<String>, Long> look() {
    return counts(TaskScope.roots().stream().map(TaskScope::findings).toList());
  }

  /** Of the findings of each root; some are found from more than one of them. */
  static Map<List<String>, Long> counts(List<List<Finding>> ofRoots) {
    Map<List<String>, Long> counts = new HashMap<>();
    for (List<Finding> ofRoot : ofRoots) {
      Map<List<String>, Long> here = new HashMap<>();
      ofRoot.forEach(
          finding ->
              here.merge(
                  List.of(finding.path(), finding.kind().label()), finding.count(), Long::sum));
      here.forEach((key, count) -> counts.merge(key, count, isShared(key) ? Long::max : Long::sum));
    }
    return counts;
  }

  /** Whether the same is found from every root: it is about the JVM, or about a path as a whole. */
  private static boolean isShared(List<String> key) {
    return key.getFirst().equals(NO_PATH) || OF_PATHS.contains(key.getLast());
  }
}
