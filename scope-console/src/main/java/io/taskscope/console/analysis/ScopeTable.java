// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The totals of all paths. Bounded: paths beyond the limit share {@code (other)}. */
final class ScopeTable {
  /** Where what belongs to no task is counted. */
  static final String NO_TASK = "(no task)";

  private static final int MAX_PATHS = 1_000;
  private static final String OTHER = "(other)";

  private final Names names;
  private final long start;
  private final long end;
  private final List<ScopeTotals> all = new ArrayList<>();
  private final LongMap<ScopeTotals> byName = new LongMap<>();
  private final Map<String, ScopeTotals> byPath = new HashMap<>();
  private long overflowed;
  final ScopeTotals noTask;

  ScopeTable(Names names, long start, long end) {
    this.names = names;
    this.start = start;
    this.end = end;
    noTask = add(NO_TASK);
  }

  /** The totals of the path with this number among the names. */
  ScopeTotals get(long name) {
    ScopeTotals known = byName.get(name);
    if (known == null) {
      String path = names.text(name);
      known = byPath.get(path.isEmpty() ? "(unknown)" : path);
      if (known == null) {
        known = make(path.isEmpty() ? "(unknown)" : path);
      }
      if (byName.size() < 100 * MAX_PATHS) {
        byName.put(name, known);
      }
    }
    return known;
  }

  private ScopeTotals make(String path) {
    if (all.size() <= MAX_PATHS) {
      return add(path);
    }
    overflowed++;
    ScopeTotals other = byPath.get(OTHER);
    return other != null ? other : add(OTHER);
  }

  private ScopeTotals add(String path) {
    ScopeTotals totals = new ScopeTotals(all.size(), path, new Occupancy(start, end));
    all.add(totals);
    byPath.put(path, totals);
    return totals;
  }

  ScopeTotals byNumber(int number) {
    return all.get(number);
  }

  /** All but that of no task, by path. */
  List<ScopeTotals> sorted() {
    return all.stream()
        .filter(totals -> totals != noTask)
        .sorted(Comparator.comparing(ScopeTotals::path))
        .toList();
  }

  long overflowed() {
    return overflowed;
  }
}
