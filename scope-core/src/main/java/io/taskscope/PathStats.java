// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one path, shared by all scopes on it, in this tree or another. Kept when the last
 * of them closes, so that a path that reopens goes on counting, until the room is needed for a new
 * path.
 */
final class PathStats {
  /** How many distinct paths are counted apart; beyond, they are counted under {@code (other)}. */
  static final int MAX_PATHS = 1_000;

  /** Stands above the roots and is no path itself. */
  private static final PathStats TOP = new PathStats(null, "", "", 0, false);

  private static final PathStats OTHER =
      new PathStats(null, PathStatistics.OTHER, PathStatistics.OTHER, 0, true);
  private static final AtomicLong OVERFLOWED = new AtomicLong();

  private static final Object LOCK = new Object();
  private static int paths; // guarded by LOCK

  private final @Nullable PathStats above;
  final String path;
  final String name;
  final int depth;

  /** Whether a scope of {@code root} or {@code child} has been here, not only blocks. */
  private volatile boolean longLived;

  private final Map<String, PathStats> below = new ConcurrentHashMap<>();
  private final Counters<TaskOrigin> started = Counters.spread();
  private final Counters<Outcome.Kind> finished = Counters.spread();
  private final AtomicLong openScopes = new AtomicLong();

  /** Where the time of its tasks went, if the agent tells. */
  final StepTotals steps = new StepTotals();

  private PathStats(
      @Nullable PathStats above, String path, String name, int depth, boolean longLived) {
    this.above = above;
    this.path = path;
    this.name = name;
    this.depth = depth;
    this.longLived = longLived;
  }

  /** The statistics for a scope that opens; counts it as open. */
  static PathStats opened(@Nullable PathStats parent, String name, boolean longLived) {
    return find(parent == null ? TOP : parent, name, longLived);
  }

  private static PathStats find(PathStats parent, String name, boolean longLived) {
    if (parent == OTHER) {
      return intoOther(1);
    }
    PathStats known = parent.below.get(name);
    if (known != null && known.open(longLived)) {
      return known;
    }
    synchronized (LOCK) {
      known = parent.below.get(name);
      if (known != null && known.open(longLived)) {
        return known;
      }
      if (parent.openScopes() < 0) {
        return intoOther(0); // the parent is long closed and will refuse this scope
      }
      if (paths >= MAX_PATHS && !makeRoom(TOP)) {
        return intoOther(1);
      }
      PathStats fresh =
          new PathStats(parent, parent.path + "/" + name, name, parent.depth + 1, false);
      fresh.open(longLived);
      parent.below.put(name, fresh);
      paths++;
      return fresh;
    }
  }

  private static PathStats intoOther(int scopes) {
    OVERFLOWED.addAndGet(scopes);
    OTHER.openScopes.incrementAndGet();
    return OTHER;
  }

  /** Counts a scope as open; false if these statistics have just been dropped to make room. */
  private boolean open(boolean opensLongLived) {
    long open;
    do {
      open = openScopes.get();
      if (open < 0) {
        return false;
      }
    } while (!openScopes.compareAndSet(open, open + 1));
    if (opensLongLived && !longLived) {
      longLived = true;
    }
    return true;
  }

  /** Drops paths that are out of use. Called with LOCK held, and only when all places are taken. */
  private static boolean makeRoom(PathStats top) {
    boolean found = false;
    for (PathStats candidate : List.copyOf(top.below.values())) {
      found |= makeRoom(candidate);
      if (candidate.below.isEmpty()
          && !candidate.isListed()
          && candidate.openScopes.compareAndSet(0, Long.MIN_VALUE)) {
        top.below.remove(candidate.name, candidate);
        paths--;
        found = true;
      }
    }
    return found;
  }

  void closed() {
    openScopes.decrementAndGet();
  }

  void started(TaskOrigin origin, long threadId) {
    started.increment(origin, threadId);
  }

  void finished(Outcome.Kind kind, long taskId) {
    finished.increment(kind, taskId);
  }

  long openScopes() {
    return openScopes.get();
  }

  boolean isLongLived() {
    return longLived;
  }

  String parentPath() {
    return above == null ? "" : above.path;
  }

  Map<TaskOrigin, Long> started() {
    Map<TaskOrigin, Long> counts = new EnumMap<>(TaskOrigin.class);
    for (TaskOrigin origin : TaskOrigin.values()) {
      counts.put(origin, started.sum(origin));
    }
    return counts;
  }

  OutcomeCounts finished() {
    return OutcomeCounts.of(finished::sum);
  }

  /**
   * Whether it belongs into the statistics: a scope on it is open, or it is a path of blocks and
   * will come back as long as what is above it is there.
   */
  private boolean isListed() {
    for (PathStats at = this; at != TOP && at != null; at = at.above) {
      if (at.openScopes() > 0 || at == OTHER) {
        return at.openScopes() > 0 || OVERFLOWED.get() > 0;
      }
      if (at.longLived) {
        return false;
      }
    }
    return true; // a block that is a root
  }

  /** The statistics of a path, in use or not, as long as they are kept. */
  static Optional<PathStats> known(String path) {
    if (path.equals(PathStatistics.OTHER)) {
      return Optional.of(OTHER);
    }
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    PathStats at = TOP;
    int start = 1; // after the first slash
    while (at != null && start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      at = at.below.get(path.substring(start, end));
      start = end + 1;
    }
    return at == TOP ? Optional.empty() : Optional.ofNullable(at);
  }

  static long overflowed() {
    return OVERFLOWED.get();
  }

  /** All paths that belong into the statistics. */
  static List<PathStats> listed() {
    List<PathStats> all = new ArrayList<>();
    all.add(TOP);
    for (int i = 0; i < all.size(); i++) { // a loop, because paths may be a thousand segments long
      all.addAll(all.get(i).below.values());
    }
    all.remove(TOP);
    all.add(OTHER);
    all.removeIf(stats -> !stats.isListed());
    return all;
  }
}
