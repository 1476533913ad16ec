// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Coverage;
import io.taskscope.console.recording.EventKind;
import io.taskscope.console.recording.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Looks for what a recording does not know. */
final class Unknowns {
  private final Coverage coverage;
  private final Analyzer analyzer;
  private final Environment environment;
  private final List<Unknown> found = new ArrayList<>();

  private Unknowns(Coverage coverage, Analyzer analyzer) {
    this.coverage = coverage;
    this.analyzer = analyzer;
    this.environment = analyzer.environment;
  }

  static List<Unknown> of(Coverage coverage, Analyzer analyzer, Names names) {
    Unknowns unknowns = new Unknowns(coverage, analyzer);
    unknowns.file();
    unknowns.losses();
    unknowns.agent();
    unknowns.settings();
    unknowns.bounds(names);
    unknowns.found.sort(Comparator.comparing(Unknown::serious).reversed());
    return List.copyOf(unknowns.found);
  }

  private void add(String what, boolean serious, String sentence) {
    found.add(new Unknown(what, sentence, serious));
  }

  private void file() {
    for (String problem : coverage.problems()) {
      add("damaged file", true, "The file could not be read completely: " + problem + ".");
    }
    if (coverage.unresolved() > 0) {
      add(
          "values not in the file",
          false,
          "%s to a stack, class, method or text lead to nothing in the file: they read (unknown) or are left out."
              .formatted(Text.count(coverage.unresolved(), "reference")));
    }
  }

  private void losses() {
    if (environment.dataLoss().count() > 0) {
      add(
          "lost by the recorder",
          true,
          "The recorder lost %s of events in %s because its buffers were full: counts are too low. A larger memorysize or fewer events helps."
              .formatted(
                  Text.bytes(environment.dataLoss().bytes()),
                  Text.count(environment.dataLoss().count(), "place")));
    }
    if (environment.samplesLost() > 0) {
      add(
          "lost samples",
          true,
          "%s of processor time were lost: CPU shares are less exact."
              .formatted(Text.count(environment.samplesLost(), "sample")));
    }
    if (environment.eventsDropped() > 0) {
      add(
          "dropped by Taskscope",
          true,
          "%s came faster than they could be written and are missing; the totals of finished tasks are exact all the same."
              .formatted(Text.count(environment.eventsDropped(), "step and monitor wait")));
    }
    if (environment.tasksLeftOut() > 0) {
      add(
          "live tasks left out",
          true,
          "There were more than 10 000 live tasks at the beginning of a part of the recording; up to %s are not known as long as they live."
              .formatted(Text.count(environment.tasksLeftOut(), "task")));
    }
  }

  private void agent() {
    switch (environment.agent()) {
      case "on" -> {}
      case "partial" ->
          add(
              "part of the agent",
              true,
              "The agent lacks something on that JDK: "
                  + String.join("; ", environment.agentMissing())
                  + ".");
      case "failed" ->
          add(
              "no agent",
              true,
              "The agent could not start in that JVM, so that parked time counts as running: "
                  + String.join("; ", environment.agentMissing())
                  + ".");
      case "off" ->
          add(
              "no agent",
              true,
              "The JVM ran without the Taskscope agent: parked time and steps are not known, and count as running. Start it with -javaagent:scope-agent.jar.");
      default -> {
        if (totalSteps() == 0) {
          add(
              "no agent",
              true,
              "No task has a step: the JVM seems to have run without the Taskscope agent, so that parked time counts as running.");
        }
      }
    }
  }

  private long totalSteps() {
    return analyzer.scopes.sorted().stream().mapToLong(ScopeTotals::steps).sum();
  }

  private void settings() {
    event(EventKind.TASK, true, "how tasks ended and where their time went is not known");
    event(EventKind.TASK_START, true, "tasks that were still running are known only from later on");
    event(EventKind.TASK_PARK, false, "where tasks waited is not known");
    event(EventKind.TASK_STEP, false, "single steps are not known, their sums are");
    event(EventKind.SCOPE, false, "the states of scopes are not known");
    String sampler = "without it nothing is known of processor time by scope";
    if (!enabled(EventKind.CPU_TIME_SAMPLE)) {
      event(EventKind.EXECUTION_SAMPLE, false, sampler);
    }
    event(EventKind.ALLOCATION, false, "allocation by scope is not known");
    threshold(EventKind.TASK, "shorter tasks are not in the counts", true);
    threshold(EventKind.TASK_PARK, "shorter waits are in no stack", false);
  }

  private boolean enabled(EventKind kind) {
    return "true".equals(settings(kind).get("enabled"));
  }

  private Map<String, String> settings(EventKind kind) {
    return environment.settings(kind.eventName(), coverage.eventTypes());
  }

  private void event(EventKind kind, boolean serious, String consequence) {
    if ("false".equals(settings(kind).get("enabled"))
        && !coverage.events().containsKey(kind.eventName())) {
      add(
          "disabled event",
          serious,
          "%s was disabled: %s.".formatted(kind.eventName(), consequence));
    }
  }

  private void threshold(EventKind kind, String consequence, boolean serious) {
    Map<String, String> settings = settings(kind);
    String threshold = settings.getOrDefault("threshold", "");
    if ("true".equals(settings.get("enabled"))
        && !threshold.isEmpty()
        && !threshold.startsWith("0 ")) {
      add(
          "threshold",
          serious,
          "%s had a threshold of %s: %s.".formatted(kind.eventName(), threshold, consequence));
    }
  }

  private void bounds(Names names) {
    if (environment.pathsOverflowed() > 0 || analyzer.scopes.overflowed() > 0) {
      add(
          "paths",
          true,
          "There are more than 1 000 distinct paths, further ones are under (other): is there an id in a scope name?");
    }
    long folded =
        names.overflowed()
            + analyzer.stacks.overflowed()
            + analyzer.tasks.parks.overflowed()
            + analyzer.tasks.parkWeights.overflowed()
            + analyzer.threads.cpu.overflowed()
            + analyzer.threads.cpuTime.overflowed()
            + analyzer.threads.allocation.overflowed();
    if (folded > 0) {
      add(
          "bounds of the report",
          false,
          "%s of names and stacks were beyond the bounds of this report and are under (other)."
              .formatted(Text.count(folded, "use")));
    }
    if (analyzer.tasks.leftOut() > 0) {
      add(
          "bounds of the report",
          true,
          "%s beyond a million lived at once; their events of the JDK belong to no task here."
              .formatted(Text.count(analyzer.tasks.leftOut(), "task")));
    }
    if (analyzer.tasks.beganBefore > 0) {
      add(
          "began before",
          false,
          "%s began before the recording or before their first event; their times include what was before."
              .formatted(Text.count(analyzer.tasks.beganBefore, "task")));
    }
  }
}
