// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.view.Finding;
import io.taskscope.view.Finding.Kind;
import io.taskscope.view.Finding.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at where the time of tasks went, as far as the agent tells: who keeps carriers from others,
 * and who has to wait for one. Numbers are those of whole paths; tasks are those of the subtree.
 */
final class StepFindings {
  private final Map<PathStats, OnPath> paths = new LinkedHashMap<>();

  private StepFindings() {}

  static List<Finding> of(ScopeNode top) {
    StepFindings findings = new StepFindings();
    if (AgentLink.stepsMeasured()) {
      findings.look(top);
    }
    return findings.paths.values().stream().flatMap(path -> path.findings().stream()).toList();
  }

  private void look(ScopeNode top) {
    List<ScopeNode> subtree = top.subtree();
    Set<ScopeNode> shown = new HashSet<>(subtree);
    subtree.forEach(node -> paths.computeIfAbsent(node.stats(), OnPath::new));
    PathStats.listed().stream() // blocks that have come and gone
        .filter(stats -> stats.path.startsWith(top.path() + "/"))
        .forEach(stats -> paths.computeIfAbsent(stats, OnPath::new));
    for (TaskScope root : TaskScope.roots()) { // two trees may have a path in common
      for (ScopeNode node : ((ScopeNode) root).subtree()) {
        OnPath path = paths.get(node.stats());
        if (path != null) {
          boolean ours = shown.contains(node);
          node.registry().forEach(task -> path.add(task, ours));
        }
      }
    }
    lookForSlowestEnded(subtree);
  }

  private void lookForSlowestEnded(List<ScopeNode> subtree) {
    Map<String, OnPath> byPath = new HashMap<>();
    paths.values().forEach(path -> byPath.put(path.stats.path, path));
    Set<History> histories = new LinkedHashSet<>();
    for (ScopeNode node : subtree) {
      History kept = node.nearestHistory();
      if (kept != null) {
        histories.add(kept);
      }
    }
    for (History history : histories) {
      history.forEachSlow(
          (path, name, longest, ended) -> {
            OnPath there = byPath.get(path);
            if (there != null) {
              there.ended(name, longest, ended);
            }
          });
    }
  }

  /** What is known of the tasks of one path. */
  private static final class OnPath {
    private final PathStats stats;
    private final StepTotals.Sum finished;
    private final StepTotals.Sum live = new StepTotals.Sum();
    private final Map<Kind, List<TaskRun<?>>> concerned = new EnumMap<>(Kind.class);
    private final List<Finding> found = new ArrayList<>();
    private @Nullable RecentSteps known;
    private long inSlowStep; // now, and maybe for longer than "lately"
    private long neverYielding;
    private long longest;
    private @Nullable String longestName;

    OnPath(PathStats stats) {
      this.stats = stats;
      finished = stats.steps.finished(); // before the live ones, or some would count twice
    }

    void add(TaskRun<?> task, boolean shown) {
      Steps steps = live.addLive(task);
      if (steps == null) {
        return;
      }
      inSlowStep += isInSlowStep(task) ? 1 : 0;
      neverYielding += steps.neverYields() ? 1 : 0;
      if (shown) {
        note(task, steps);
      }
    }

    private void note(TaskRun<?> task, Steps steps) {
      if (steps.slowSteps() > 0) {
        note(Kind.SLOW_STEP, task);
        longest(steps.longestNanos(), task.name());
      }
      if (steps.neverYields()) {
        note(Kind.NEVER_YIELDS, task);
      }
      if (task.taskState() == TaskState.QUEUED) {
        note(Kind.LONG_QUEUE, task);
      }
      if (steps.parks(ParkReason.PINNED) > 0) {
        note(Kind.PINNED, task);
      }
      if (steps.parks(ParkReason.YIELD) * 2 > steps.steps()) {
        note(Kind.BUSY_YIELDING, task);
      }
    }

    private static boolean isInSlowStep(TaskRun<?> task) {
      Steps now = task.steps;
      return now != null && now.isInSlowStep(System.nanoTime());
    }

    private void note(Kind kind, TaskRun<?> task) {
      concerned.computeIfAbsent(kind, k -> new ArrayList<>()).add(task);
    }

    private void longest(long nanos, String name) {
      if (nanos > longest) {
        longest = nanos;
        longestName = name;
      }
    }

    /** A task that has ended, and whose longest step was a slow one. */
    void ended(String name, long nanos, long at) {
      if (System.nanoTime() - at <= recent().span()) {
        longest(nanos, name);
      }
    }

    /** To be asked for when all live tasks have been added. */
    private RecentSteps recent() {
      RecentSteps recent = known;
      if (recent == null) {
        recent = stats.steps.recent(finished, live, System.nanoTime());
        known = recent;
      }
      return recent;
    }

    List<Finding> findings() {
      RecentSteps recent = recent();
      String span = "in the last " + Durations.text(Duration.ofNanos(recent.span()));
      long slow = Math.max(recent.slow(), inSlowStep);
      if (slow > 0) {
        slowSteps(slow, span);
      }
      long never = Math.max(recent.neverYielded(), neverYielding);
      if (never > 0) {
        add(
            Kind.NEVER_YIELDS,
            never,
            "%s ran for a second or more at a time, on average: split the work, or give it a platform thread, for it keeps a carrier from all other tasks"
                .formatted(plural(never, "task")));
      }
      if (recent.hasLongQueue()) {
        add(
            Kind.LONG_QUEUE,
            atLeastOne(Kind.LONG_QUEUE),
            String.format(
                Locale.ROOT,
                "%.0f %% of the tasks' time %s went by until a carrier or a thread of their pool took them, %s each time: there are too few, or others keep them busy",
                100 * recent.queueShare(),
                span,
                text(recent.queueMean())));
      }
      if (recent.isPinned()) {
        add(
            Kind.PINNED,
            atLeastOne(Kind.PINNED),
            "%s %s that held on to a carrier, %s in all: a native frame or the initialization of a class was on the stack"
                .formatted(plural(recent.pinnedWaits(), "wait"), span, text(recent.pinned())));
      }
      if (recent.isBusyYielding()) {
        add(
            Kind.BUSY_YIELDING,
            atLeastOne(Kind.BUSY_YIELDING),
            "%s of %s %s ended with a yield: tasks poll instead of waiting"
                .formatted(recent.yields(), plural(recent.steps(), "step"), span));
      }
      return found;
    }

    private void slowSteps(long slow, String span) {
      add(
          Kind.SLOW_STEP,
          slow,
          "%s longer than %s %s%s: meanwhile others had to wait for a carrier"
              .formatted(
                  plural(slow, "step"),
                  text(Steps.slowNanos),
                  span,
                  longestName == null
                      ? ""
                      : ", the longest known %s in \"%s\"".formatted(text(longest), longestName)));
    }

    private long atLeastOne(Kind kind) {
      return Math.max(1, concerned.getOrDefault(kind, List.of()).size());
    }

    private void add(Kind kind, long count, String sentence) {
      found.add(
          new Finding(
              kind,
              kind == Kind.BUSY_YIELDING ? Severity.INFO : Severity.WARNING,
              stats.path,
              sentence,
              concerned.getOrDefault(kind, List.of()).stream()
                  .sorted(Comparator.comparingLong(TaskRun::id))
                  .limit(Findings.MAX_TASKS)
                  .map(Snapshots::view)
                  .toList(),
              count));
    }
  }

  private static String text(long nanos) {
    return Durations.text(Duration.ofNanos(nanos));
  }

  private static String plural(long count, String what) {
    return count == 1 ? "1 " + what : count + " " + what + "s";
  }
}
