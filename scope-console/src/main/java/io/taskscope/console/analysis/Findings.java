// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.analysis.RecordingFinding.Kind;
import io.taskscope.console.recording.Coverage;
import io.taskscope.view.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks through what was added up for what someone should know of. */
final class Findings {
  private static final double QUEUE_SHARE = 0.1;
  private static final long QUEUE_MEAN_NANOS = 1_000_000;
  private static final long NEVER_YIELDS_NANOS = 1_000_000_000;
  private static final double WAIT_SHARE = 0.1;
  private static final long WAIT_NANOS = 100_000_000;
  private static final long PINNED_NANOS = 20_000_000;
  private static final int MAX_PER_KIND = 10;
  private static final int MAX_TASKS = 10;

  private final Analyzer analyzer;
  private final List<ParkGroup> parks;
  private final List<Unknown> unknowns;
  private final Coverage coverage;
  private final List<RecordingFinding> found = new ArrayList<>();

  Findings(Analyzer analyzer, List<ParkGroup> parks, List<Unknown> unknowns, Coverage coverage) {
    this.analyzer = analyzer;
    this.parks = parks;
    this.unknowns = unknowns;
    this.coverage = coverage;
  }

  List<RecordingFinding> all() {
    abandoned();
    stuck();
    hooks();
    steps();
    for (ScopeTotals scope : analyzer.scopes.sorted()) {
      failures(scope);
      queue(scope);
      pinned(scope);
      busyYielding(scope);
    }
    commonWaits();
    orphans();
    incomplete();
    return sorted();
  }

  private List<RecordingFinding> sorted() {
    Comparator<RecordingFinding> order =
        Comparator.comparing(RecordingFinding::severity)
            .thenComparing(RecordingFinding::kind)
            .thenComparing(Comparator.comparingLong(RecordingFinding::count).reversed());
    Map<Kind, Integer> kept = new LinkedHashMap<>();
    return found.stream()
        .sorted(order)
        .filter(finding -> kept.merge(finding.kind(), 1, Integer::sum) <= MAX_PER_KIND)
        .toList();
  }

  private void abandoned() {
    Map<String, List<AbandonedTask>> byPath =
        analyzer.abandonedTasks().stream().collect(Collectors.groupingBy(AbandonedTask::path));
    byPath.forEach(
        (path, tasks) -> {
          long alive = tasks.stream().filter(task -> !task.endedLater()).count();
          AbandonedTask first = tasks.getFirst();
          String place = first.stack().isEmpty() ? "" : "; it stood at " + first.stack().getFirst();
          if (alive > 0) {
            add(
                Kind.LEAKED,
                Severity.ERROR,
                path,
                "%s of %s given up and still running at the end of the recording: the %s lost. The first is \"%s\"%s."
                    .formatted(
                        Text.count(alive, "task"),
                        path,
                        alive == 1 ? "thread is" : "threads are",
                        first.name(),
                        place),
                alive,
                Map.of("oldest", Text.time(oldest(tasks))),
                List.of(),
                first.stack());
          } else {
            add(
                Kind.ABANDONED,
                Severity.WARNING,
                path,
                "%s of %s ignored the interrupt and %s given up, and ended later. The first is \"%s\"%s."
                    .formatted(
                        Text.count(tasks.size(), "task"),
                        path,
                        tasks.size() == 1 ? "was" : "were",
                        first.name(),
                        place),
                tasks.size(),
                Map.of("oldest", Text.time(oldest(tasks))),
                List.of(),
                first.stack());
          }
        });
  }

  private static long oldest(List<AbandonedTask> tasks) {
    return tasks.stream().mapToLong(AbandonedTask::age).max().orElse(0);
  }

  private void stuck() {
    for (ShutdownPhaseRecord phase : analyzer.shutdowns) {
      if (phase.phase().equals("cancel") && phase.atEnd() > 0) {
        add(
            Kind.STUCK,
            Severity.ERROR,
            phase.path(),
            "%s of %s did not end within %s after the shutdown had cancelled %s: the body ignores its interrupt."
                .formatted(
                    Text.count(phase.atEnd(), "task"),
                    phase.path(),
                    Text.time(phase.nanos()),
                    phase.atEnd() == 1 ? "it" : "them"),
            phase.atEnd(),
            evidence("cancelled", Text.count(phase.atStart()), "left", Text.count(phase.atEnd())),
            List.of(),
            List.of());
      }
    }
  }

  private void hooks() {
    for (HookFailureRecord hook : analyzer.hooks.values()) {
      add(
          hook.quarantined() ? Kind.QUARANTINED : Kind.HOOK_FAILURES,
          hook.quarantined() ? Severity.ERROR : Severity.WARNING,
          "",
          "Hook %s threw %s in %s (%s)%s."
              .formatted(
                  hook.hook(),
                  hook.count() == 1 ? "once" : Text.count(hook.count(), "time"),
                  hook.method(),
                  hook.error(),
                  hook.quarantined()
                      ? " and is no longer called: its telemetry is missing from then on"
                      : "; no task noticed"),
          hook.count(),
          Map.of("failures", Text.count(hook.count())),
          List.of(),
          hook.stack().lines().toList());
    }
  }

  /** Single steps where they were recorded; else what the mean of a task proves of the longest. */
  private void steps() {
    for (ScopeTotals scope : analyzer.scopes.sorted()) {
      Tally slow = scope.slowSteps();
      if (slow.count() > 0) {
        add(
            Kind.SLOW_STEP,
            Severity.WARNING,
            scope.path(),
            "%s of tasks in %s took 100 ms or more without letting go of the carrier, the longest %s: other tasks had to wait."
                .formatted(Text.count(slow.count(), "step"), scope.path(), Text.time(slow.max())),
            slow.count(),
            evidence(
                "longest", Text.time(slow.max()),
                "together", Text.time(slow.nanos()),
                "of recorded steps", Text.percent(slow.count(), scope.recordedSteps().count())),
            of(scope, analyzer.tasks.longestStep),
            List.of());
      }
      List<TaskRecord> means = of(scope, analyzer.tasks.slowestMeanStep);
      List<TaskRecord> never =
          means.stream().filter(t -> t.running() / t.steps() >= NEVER_YIELDS_NANOS).toList();
      if (!never.isEmpty()) {
        TaskRecord worst = never.getFirst();
        add(
            Kind.NEVER_YIELDS,
            Severity.WARNING,
            scope.path(),
            "Task \"%s\" of %s computed for %s in %s: it keeps a carrier from all other tasks. Split the work, or give it a platform thread."
                .formatted(
                    worst.name(),
                    scope.path(),
                    Text.time(worst.running()),
                    Text.count(worst.steps(), "step")),
            never.size(),
            evidence("mean step", Text.time(worst.running() / worst.steps())),
            never,
            List.of());
      } else if (!means.isEmpty() && slow.count() == 0) {
        TaskRecord worst = means.getFirst();
        add(
            Kind.SLOW_STEP,
            Severity.WARNING,
            scope.path(),
            "Task \"%s\" of %s was on a carrier for %s at a time on average: other tasks had to wait."
                .formatted(worst.name(), scope.path(), Text.time(worst.running() / worst.steps())),
            means.size(),
            evidence("running", Text.time(worst.running()), "steps", Text.count(worst.steps())),
            means,
            List.of());
      }
    }
  }

  private static List<TaskRecord> of(ScopeTotals scope, TopTasks tasks) {
    return tasks.list().stream()
        .filter(task -> task.path().equals(scope.path()))
        .limit(MAX_TASKS)
        .toList();
  }

  private void failures(ScopeTotals scope) {
    long ended = scope.finished();
    scope
        .errors()
        .forEach(
            (error, tally) ->
                add(
                    Kind.FAILURES,
                    tally.count() >= 0.05 * ended ? Severity.WARNING : Severity.INFO,
                    scope.path(),
                    "%s of %s in %s failed with %s."
                        .formatted(
                            Text.count(tally.count()),
                            Text.count(ended, "task"),
                            scope.path(),
                            error),
                    tally.count(),
                    evidence("share", Text.percent(tally.count(), ended)),
                    scope.slowest().stream()
                        .filter(task -> task.errorClass().equals(error))
                        .limit(MAX_TASKS)
                        .toList(),
                    List.of()));
  }

  private void queue(ScopeTotals scope) {
    long waits = Math.max(scope.steps(), scope.finished());
    if (waits > 0
        && scope.queued() >= QUEUE_SHARE * scope.total()
        && scope.queued() / waits >= QUEUE_MEAN_NANOS) {
      add(
          Kind.LONG_QUEUE,
          Severity.WARNING,
          scope.path(),
          "Tasks in %s were ready and waited for a carrier for %s of their time, %s each time on average: the carriers are starved."
              .formatted(
                  scope.path(),
                  Text.percent(scope.queued(), scope.total()),
                  Text.time(scope.queued() / waits)),
          scope.finished(),
          evidence(
              "queued", Text.time(scope.queued()),
              "running", Text.time(scope.running()),
              "waits", Text.count(waits)),
          List.of(),
          List.of());
    }
  }

  private void pinned(ScopeTotals scope) {
    Tally parked = scope.parksByReason().getOrDefault("pinned", new Tally());
    Tally worse = scope.pinned().nanos() > parked.nanos() ? scope.pinned() : parked;
    if (worse.nanos() >= PINNED_NANOS) {
      add(
          Kind.PINNED,
          Severity.WARNING,
          scope.path(),
          "Tasks in %s waited %s while they held on to their carrier, %s in all: a native frame was on the stack."
              .formatted(scope.path(), Text.count(worse.count(), "time"), Text.time(worse.nanos())),
          worse.count(),
          evidence("longest", Text.time(worse.max())),
          List.of(),
          List.of());
    }
  }

  private void busyYielding(ScopeTotals scope) {
    if (scope.stepsByYield >= 1_000 && scope.stepsByYield * 2 > scope.recordedSteps().count()) {
      add(
          Kind.BUSY_YIELDING,
          Severity.INFO,
          scope.path(),
          "%s of %s recorded steps in %s ended with a yield: tasks poll instead of waiting."
              .formatted(
                  Text.percent(scope.stepsByYield, scope.recordedSteps().count()),
                  Text.count(scope.recordedSteps().count()),
                  scope.path()),
          scope.stepsByYield,
          Map.of(),
          List.of(),
          List.of());
    }
  }

  private void commonWaits() {
    for (ParkGroup group : parks) {
      ScopeTotals scope =
          analyzer.scopes.sorted().stream()
              .filter(s -> s.path().equals(group.path()))
              .findFirst()
              .orElse(null);
      if (scope == null
          || group.waits().nanos() < WAIT_NANOS
          || group.waits().nanos() < WAIT_SHARE * Math.max(1, scope.total())) {
        continue;
      }
      boolean contended = group.reason().equals("monitor_enter");
      add(
          Kind.COMMON_WAIT,
          contended ? Severity.WARNING : Severity.INFO,
          group.path(),
          "Tasks in %s waited %s in all at one place (%s%s), %s, the longest %s."
              .formatted(
                  group.path(),
                  Text.time(group.waits().nanos()),
                  group.reason(),
                  group.blocker().isEmpty() ? "" : " for " + group.blocker(),
                  Text.count(group.waits().count(), "time"),
                  Text.time(group.waits().max())),
          group.waits().count(),
          evidence(
              "of the scope's time",
              Text.percent(group.waits().nanos(), scope.total()),
              "task that waited longest",
              Long.toString(group.longestTask())),
          List.of(),
          group.stack());
    }
  }

  private void orphans() {
    List<TaskRecord> orphans = analyzer.tasks.orphans();
    orphans.stream()
        .collect(Collectors.groupingBy(TaskRecord::path))
        .forEach(
            (path, tasks) ->
                add(
                    Kind.ORPHAN,
                    Severity.INFO,
                    path,
                    "%s of %s still lived when the recording ended, and %s creator had ended: nobody is left to ask for the result."
                        .formatted(
                            Text.count(tasks.size(), "task"),
                            path,
                            tasks.size() == 1 ? "its" : "their"),
                    tasks.size(),
                    Map.of(),
                    tasks.stream().limit(MAX_TASKS).toList(),
                    List.of()));
  }

  private void incomplete() {
    List<Unknown> serious = unknowns.stream().filter(Unknown::serious).toList();
    if (!serious.isEmpty()) {
      add(
          Kind.INCOMPLETE,
          coverage.complete() ? Severity.INFO : Severity.WARNING,
          "",
          "The report is not everything: " + serious.getFirst().sentence(),
          serious.size(),
          evidence(
              "what is missing",
              serious.stream().map(Unknown::what).distinct().collect(Collectors.joining(", "))),
          List.of(),
          List.of());
    }
  }

  private static Map<String, String> evidence(String... labelsAndValues) {
    Map<String, String> evidence = new LinkedHashMap<>();
    for (int i = 0; i < labelsAndValues.length; i += 2) {
      evidence.put(labelsAndValues[i], labelsAndValues[i + 1]);
    }
    return evidence;
  }

  private void add(
      Kind kind,
      Severity severity,
      String path,
      String sentence,
      long count,
      Map<String, String> evidence,
      List<TaskRecord> tasks,
      List<String> stack) {
    found.add(new RecordingFinding(kind, severity, path, sentence, count, evidence, tasks, stack));
  }
}
