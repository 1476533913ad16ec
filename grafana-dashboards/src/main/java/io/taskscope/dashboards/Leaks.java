// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static io.taskscope.dashboards.Promql.SUBTREE;
import static io.taskscope.dashboards.Promql.maxBy;
import static io.taskscope.dashboards.Promql.series;
import static io.taskscope.dashboards.Promql.sumBy;

/** Does anything leak or hang? */
final class Leaks {
  static final String UID = "taskscope-leaks";

  private static final String FINDINGS = "taskscope_findings";
  private static final String UNACCOUNTED = "job_instance:taskscope_tasks_unaccounted:max";

  private Leaks() {}

  static Dashboard dashboard() {
    return new Dashboard(
            UID,
            "Leaks and stuck tasks",
            "Does anything leak or hang?",
            """
            Started tasks are finished or live: **Unaccounted** is what is neither, and stays at 0 in a sound process. \
            Live tasks that only ever grow, an oldest task that is as old as the process where it should not be, and the \
            findings *stuck*, *leaked* and *orphan* each name the scope to look at.""")
        .scopeOrAll()
        .add(unaccountedNow())
        .add(finding("stuck", "Tasks cancelled more than 5 s ago that have not ended."))
        .add(finding("leaked", "Tasks given up by their scope whose threads still run."))
        .add(orphans())
        .add(oldestNow())
        .add(liveNow())
        .row("Conservation: started = finished + live")
        .add(unaccounted())
        .add(findingsOverTime())
        .row("Live tasks against their trend")
        .add(trend())
        .add(growth())
        .row("Who is old")
        .add(oldest())
        .add(findings());
  }

  private static Panel unaccountedNow() {
    return Panels.stat(
            "Unaccounted, all scopes",
            "Started tasks that are neither finished nor live, the worst instance. Not 0 for a moment while tasks start"
                + " during a scrape; for long it is a defect.",
            4)
        .query(maxBy("", series(UNACCOUNTED)), "unaccounted")
        .unit("short")
        .decimals(0)
        .thresholds(1, 10);
  }

  private static Panel finding(String kind, String description) {
    return Panels.stat(
            kind.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + kind.substring(1),
            description,
            4)
        .query(
            sumBy("", Wide.FINDINGS.of("finding=\"%s\"".formatted(kind), SUBTREE))
                + " or vector(0)",
            kind)
        .unit("short")
        .decimals(0)
        .threshold(1);
  }

  private static Panel orphans() {
    return finding("orphan", "Live tasks whose creator has ended: nobody asks for their result.")
        .colors("green", 1, "blue");
  }

  private static Panel oldestNow() {
    return Panels.stat(
            "Oldest task", "Age of the oldest live task in the chosen scope or below.", 4)
        .query(maxBy("", Wide.OLDEST.of(SUBTREE)), "oldest")
        .unit("s")
        .colors("blue");
  }

  private static Panel liveNow() {
    return Panels.stat("Live tasks", "Live tasks in the chosen scope and below.", 4)
        .query(sumBy("", Wide.ACTIVE.of(SUBTREE)), "live")
        .unit("short")
        .decimals(0)
        .colors("blue");
  }

  private static Panel unaccounted() {
    return Panels.lines(
            "Unaccounted tasks, the ten worst instances",
            "The greatest difference of started and finished + live in one scope, by instance. A line that stays up is a"
                + " defect of Taskscope: see the runbook.",
            12,
            9)
        .query("topk(10, %s)".formatted(maxBy("instance", series(UNACCOUNTED))), "{{instance}}")
        .unit("short")
        .min(0);
  }

  private static Panel findingsOverTime() {
    return Panels.lines("Findings by kind", "What the process itself found to be looked at.", 12, 9)
        .query(sumBy("finding", Wide.FINDINGS.of(SUBTREE)), "{{finding}}")
        .unit("short")
        .min(0)
        .noValue("no finding");
  }

  private static Panel trend() {
    String live = sumBy("", Wide.ACTIVE.of(SUBTREE));
    return Panels.lines(
            "Live tasks",
            "Now, the mean of the last hour, and where it will be in an hour if the last 30 minutes go on.",
            12,
            9)
        .query(live, "now")
        .query(sumBy("", Wide.ACTIVE.over("avg_over_time(%s[1h])", SUBTREE)), "mean of 1 h")
        .query(
            sumBy(
                "",
                // Not in the first minutes of a process, whose start looks like endless growth.
                "%s and %s"
                    .formatted(
                        Wide.ACTIVE.over("clamp_min(predict_linear(%s[30m], 3600), 0)", SUBTREE),
                        Wide.ACTIVE.over("%s offset 25m", SUBTREE))),
            "in 1 h")
        .unit("short")
        .override(
            Json.object("id", "byName", "options", "in 1 h"),
            Json.object(
                "id",
                "custom.lineStyle",
                "value",
                Json.object("dash", Json.array(10, 10), "fill", "dash")));
  }

  private static Panel growth() {
    return new Table(
            "Growing scopes",
            "Live tasks now, an hour ago, and how many come on top per hour by the trend of the last 30 minutes.",
            12,
            9)
        .key(
            "scope_path",
            "Scope",
            280,
            Link.toScope("What this scope does", Scope.UID, "${__data.fields.Scope}"))
        .column("Live", "short", sumBy("scope_path", Wide.ACTIVE.of(SUBTREE)))
        .column(
            "An hour ago", "short", sumBy("scope_path", Wide.ACTIVE.over("%s offset 1h", SUBTREE)))
        .column(
            "Per hour",
            "short",
            10,
            100,
            "3600 * " + sumBy("scope_path", Wide.ACTIVE.over("deriv(%s[30m])", SUBTREE)))
        .sortedBy("Per hour");
  }

  private static Panel oldest() {
    return Panels.lines(
            "Oldest task, the ten oldest scopes",
            "A line that rises at 1 s per second is one task that does not end. Right for a worker that runs for good,"
                + " wrong for a request.",
            12,
            10)
        .query(
            "topk(10, %s > 0)".formatted(maxBy("scope_path", Wide.OLDEST.of(SUBTREE))),
            "{{scope_path}}")
        .unit("s")
        .min(0)
        .noValue("no live task")
        .link(Link.toScope("What this scope does", Scope.UID, "${__field.labels.scope_path}"));
  }

  private static Panel findings() {
    return new Table(
            "Findings",
            "What the process found, by scope and instance. A finding without a scope is about the process.",
            12,
            10)
        .key("finding", "Finding", 110)
        .key(
            "scope_path",
            "Scope",
            260,
            Link.toScope("What this scope does", Scope.UID, "${__data.fields.Scope}"))
        .key("instance", "Instance", 180)
        .column(
            "Concerned",
            "short",
            "sum by (finding, scope_path, instance) (%s > 0)".formatted(series(FINDINGS, SUBTREE)))
        .sortedBy("Concerned")
        .noValue("nothing found");
  }
}
