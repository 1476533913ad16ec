// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static io.taskscope.dashboards.Promql.fleet;
import static io.taskscope.dashboards.Promql.increase;
import static io.taskscope.dashboards.Promql.maxBy;
import static io.taskscope.dashboards.Promql.rate;
import static io.taskscope.dashboards.Promql.series;
import static io.taskscope.dashboards.Promql.sumBy;

/** Can this data be trusted? */
final class TelemetryHealth {
  static final String UID = "taskscope-health";

  private static final String DROPPED = "taskscope_telemetry_dropped_total";
  private static final String BUILD = "taskscope_build_info";

  private TelemetryHealth() {}

  static Dashboard dashboard() {
    return new Dashboard(
            UID,
            "Telemetry health",
            "Can this data be trusted?",
            """
            From left to right it is the way of the data: hooks see the tasks, buffers hold what they saw, exporters and \
            scrapes carry it away. Whatever is lost on the way is counted here. All zero, and instances that report as \
            many as are up: the other dashboards show everything.""")
        .add(reporting())
        .add(silent())
        .add(agents())
        .add(quarantined())
        .add(lost())
        .add(recordedAge())
        .row("Hooks → buffers → exporters")
        .add(hookFailures())
        .add(drops())
        .add(scrapes())
        .row("Cardinality")
        .add(paths())
        .add(overflow())
        .add(samples())
        .row("What runs where")
        .add(builds());
  }

  private static Panel reporting() {
    return Panels.stat("Instances reporting", "Processes that show metrics of Taskscope.", 4)
        .query("count(%s)".formatted(series(BUILD)), "instances")
        .unit("short")
        .decimals(0)
        .colors("blue");
  }

  private static Panel silent() {
    return Panels.stat(
            "Instances silent",
            "Targets of these jobs that Prometheus cannot scrape, or that answer without metrics of Taskscope.",
            4)
        .query(
            "count(%s unless on (job, instance) %s) or vector(0)"
                .formatted(series("up"), series(BUILD)),
            "instances")
        .unit("short")
        .decimals(0)
        .threshold(1);
  }

  private static Panel agents() {
    return Panels.stat(
            "Agent missing",
            "Instances where the agent is off or only partly on: states and parks are not measured.",
            4)
        .query("count(%s) or vector(0)".formatted(series(BUILD, "agent!=\"on\"")), "instances")
        .unit("short")
        .decimals(0)
        .colors("green", 1, "blue");
  }

  private static Panel quarantined() {
    return Panels.stat(
            "Quarantined hooks",
            "Hooks taken out after failing three times in a row: what they report is missing.",
            4)
        .query(sumBy("", series("taskscope_hook_quarantined")) + " or vector(0)", "hooks")
        .unit("short")
        .decimals(0)
        .threshold(1);
  }

  private static Panel lost() {
    return Panels.stat(
            "Dropped in the time shown",
            "Pieces of telemetry given up at a bound, without the history of finished tasks, which is meant to be short.",
            4)
        .query(
            sumBy("", increase(series(DROPPED, "signal!=\"history\""))) + " or vector(0)",
            "dropped")
        .unit("short")
        .decimals(0)
        .threshold(1);
  }

  private static Panel recordedAge() {
    return Panels.stat(
            "Age of recorded series",
            "How old the newest value of the recording rules is: panels called \"fleet\" are this late, and empty"
                + " without the rules.",
            4)
        .query(
            "time() - max(timestamp(%s))"
                .formatted(fleet("job_scope_path:taskscope_tasks_active:sum")),
            "age")
        .unit("s")
        .noValue("no rules loaded")
        .thresholds(120, 300);
  }

  private static Panel hookFailures() {
    return Panels.lines(
            "Hook failures",
            "Errors thrown by hooks per second. They never reach a task; three in a row take the hook out.",
            8,
            9)
        .query(
            sumBy("hook, method", rate(series("taskscope_hook_failures_total"))),
            "{{hook}}.{{method}}")
        .unit("ops")
        .min(0)
        .noValue("no failure");
  }

  private static Panel drops() {
    return Panels.stack(
            "Drops by signal and reason",
            "Pieces of telemetry dropped per second. history only means that finished tasks leave the bounded history.",
            8,
            9)
        .query(sumBy("signal, reason", rate(series(DROPPED))), "{{signal}} {{reason}}")
        .unit("ops")
        .axisTo(1)
        .noValue("no drop");
  }

  private static Panel scrapes() {
    return Panels.lines(
            "Duration of scrapes, the ten slowest",
            "How long it takes to read the metrics of an instance. Near the scrape timeout data will be missing.",
            8,
            9)
        .query(
            "topk(10, %s)"
                .formatted(
                    maxBy(
                        "instance",
                        "%s and on (job, instance) %s"
                            .formatted(series("scrape_duration_seconds"), series(BUILD)))),
            "{{instance}}")
        .unit("s")
        .min(0);
  }

  private static Panel paths() {
    return Panels.lines(
            "Scope paths, the ten instances with most",
            "Distinct scope paths. The core keeps 1 000 apart and folds the rest into (other).",
            8,
            9)
        .query(
            "topk(10, count by (instance) (%s))".formatted(series("taskscope_scope_info")),
            "{{instance}}")
        .unit("short")
        .min(0)
        .colors("green", 800, "#EAB839", 1000, "red")
        .fieldOption("thresholdsStyle", Json.object("mode", "line"))
        .override(
            Json.object("id", "byRegexp", "options", "/.*/"),
            Json.object("id", "color", "value", Json.object("mode", "palette-classic")));
  }

  private static Panel overflow() {
    return Panels.lines(
            "Scopes folded into (other)",
            "Scopes per second that were counted under (other) as there were too many paths. Is there an id in a name?",
            8,
            9)
        .query(sumBy("instance", rate(series("taskscope_paths_overflowed_total"))), "{{instance}}")
        .unit("ops")
        .axisTo(1)
        .min(0);
  }

  private static Panel samples() {
    return Panels.lines(
            "Samples per scrape, the ten instances with most",
            "How much each instance costs Prometheus.",
            8,
            9)
        .query(
            "topk(10, %s)"
                .formatted(
                    maxBy(
                        "instance",
                        "%s and on (job, instance) %s"
                            .formatted(
                                series("scrape_samples_post_metric_relabeling"), series(BUILD)))),
            "{{instance}}")
        .unit("short")
        .min(0);
  }

  private static Panel builds() {
    return new Table(
            "Versions and agents",
            "How many instances run which version of Taskscope, with and without the agent.",
            24,
            7)
        .key("job", "Job", 220)
        .key("version", "Version", 200)
        .key("agent", "Agent", 120)
        .column(
            "Instances", "short", "count by (job, version, agent) (%s)".formatted(series(BUILD)))
        .sortedBy("Instances");
  }
}
