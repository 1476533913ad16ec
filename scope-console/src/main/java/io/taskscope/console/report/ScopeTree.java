// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import io.taskscope.Outcome;
import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.analysis.ScopeTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The paths of a report as a tree, with the sums of what is below each. */
final class ScopeTree {
  /**
   * A path, which may have had no task of its own.
   *
   * @param path of the scope
   * @param name the last segment of the path
   * @param depth 0 for a root
   * @param own its own totals; null where it had none
   * @param below its own sums and those of all paths below it
   */
  record Row(String path, String name, int depth, @Nullable ScopeTotals own, Sums below) {}

  /** Sums over paths. */
  static final class Sums {
    long finished;
    long failed;
    long live;
    long queued;
    long running;
    long parked;
    long cpuSamples;
    long allocatedBytes;

    long total() {
      return queued + running + parked;
    }

    private void add(ScopeTotals totals) {
      finished += totals.finished();
      failed += totals.finished(Outcome.Kind.FAILURE);
      live += totals.live();
      queued += totals.queued();
      running += totals.running();
      parked += totals.parked();
      cpuSamples += totals.cpuSamples();
      allocatedBytes += totals.allocatedBytes();
    }
  }

  private ScopeTree() {}

  /** Parents before children, siblings by name. */
  static List<Row> rows(RecordingReport report) {
    TreeMap<String, @Nullable ScopeTotals> own = new TreeMap<>(ScopeTree::compare);
    TreeMap<String, Sums> sums = new TreeMap<>(ScopeTree::compare);
    for (ScopeTotals totals : report.scopes()) {
      own.put(totals.path(), totals);
      for (String path = totals.path(); !path.isEmpty(); path = parent(path)) {
        sums.computeIfAbsent(path, p -> new Sums()).add(totals);
      }
    }
    List<Row> rows = new ArrayList<>();
    sums.forEach(
        (path, below) -> {
          String parent = parent(path);
          String name = path.substring(parent.length());
          rows.add(new Row(path, name, depth(path), own.get(path), below));
        });
    return rows;
  }

  /** By segment, so that what is below a path follows it at once. */
  private static int compare(String left, String right) {
    return left.replace('/', '\u0001').compareTo(right.replace('/', '\u0001'));
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "" : path.substring(0, slash);
  }

  static int depth(String path) {
    return Math.max(0, (int) path.chars().filter(c -> c == '/').count() - 1);
  }
}
