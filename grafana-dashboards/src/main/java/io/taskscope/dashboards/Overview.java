// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static io.taskscope.dashboards.Promql.FAILED;
import static io.taskscope.dashboards.Promql.fleet;
import static io.taskscope.dashboards.Promql.maxBy;
import static io.taskscope.dashboards.Promql.quantile;
import static io.taskscope.dashboards.Promql.rate;
import static io.taskscope.dashboards.Promql.series;
import static io.taskscope.dashboards.Promql.share;
import static io.taskscope.dashboards.Promql.sumBy;

/** Is any scope unhappy? */
final class Overview {
  static final String UID = "taskscope-overview";

  private static final String FINISHED = "job_scope_path:taskscope_tasks_finished:rate5m";
  private static final String FAILURES = "job_scope_path:taskscope_tasks_failed:rate5m";
  private static final String BUCKETS =
      "job_scope_path_le:taskscope_task_duration_seconds_bucket:rate5m";

  private Overview() {}

  static Dashboard dashboard() {
    return new Dashboard(
            UID,
            "Overview",
            "Is any scope unhappy?",
            """
            Red or yellow in the first line or in the table **Scopes** says yes. Click the path of a scope to see what \
            it does, or follow an alert to its runbook. Panels called *fleet* read recording rules over all instances \
            of the chosen jobs; the others show the instances chosen above.""")
        .add(unhappyScopes())
        .add(errors())
        .add(rateNow())
        .add(live())
        .add(shutdowns())
        .add(lost())
        .add(alerts())
        .row("Scopes of the fleet: rate and errors left, duration right")
        .add(scopes())
        .add(rateByOutcome())
        .add(errorsByScope())
        .add(durations())
        .row("The tree, and the instances")
        .add(tree())
        .add(instances());
  }

  private static Panel unhappyScopes() {
    return Panels.stat(
            "Scopes over budget, fleet",
            "Scopes whose share of failed tasks in the last 5 minutes is above their error budget.",
            4)
        .query(
            "count(%s > on (job, scope_path) %s) or vector(0)"
                .formatted(
                    fleet("job_scope_path:taskscope_tasks_failed:ratio_rate5m"),
                    fleet("job_scope_path:taskscope_task_error_budget:ratio")),
            "scopes")
        .unit("short")
        .decimals(0)
        .thresholds(1, 5);
  }

  private static Panel errors() {
    return Panels.stat(
            "Failed tasks, fleet",
            "Share of the tasks ended in the last 5 minutes that failed or were abandoned.",
            4)
        .query(share(sumBy("", fleet(FAILURES)), sumBy("", fleet(FINISHED))), "failed")
        .unit("percentunit")
        .decimals(1)
        .min(0)
        .noValue("no tasks")
        .thresholds(0.01, 0.05);
  }

  private static Panel rateNow() {
    return Panels.stat("Tasks ended, fleet", "Tasks ended per second, over the last 5 minutes.", 4)
        .query(sumBy("", fleet(FINISHED)), "tasks")
        .unit("ops")
        .colors("blue");
  }

  private static Panel live() {
    return Panels.stat("Live tasks, fleet", "Tasks that are live now.", 4)
        .query(sumBy("", fleet("job_scope_path:taskscope_tasks_active:sum")), "live")
        .unit("short")
        .decimals(0)
        .colors("blue");
  }

  private static Panel shutdowns() {
    return Panels.stat(
            "Scopes shutting down",
            "Scopes with a shutdown under way, in the instances chosen. Leads to the dashboard Shutdown.",
            4)
        .query(
            "count(%s > 0) or vector(0)"
                .formatted(series("taskscope_shutdown_deadline_timestamp_seconds")),
            "scopes")
        .unit("short")
        .decimals(0)
        .colors("green", 1, "blue")
        .link(Link.to("Shutdown", Shutdown.UID));
  }

  private static Panel lost() {
    return Panels.stat(
            "Telemetry lost",
            "Pieces of telemetry dropped per second plus hooks taken out, in the instances chosen:"
                + " above 0 the data is not all there. Leads to the dashboard Telemetry health.",
            4)
        .query(
            "(%s or vector(0)) + (%s or vector(0))"
                .formatted(
                    sumBy(
                        "",
                        rate(series("taskscope_telemetry_dropped_total", "signal!=\"history\""))),
                    sumBy("", series("taskscope_hook_quarantined"))),
            "lost")
        .unit("ops")
        .threshold(0.001)
        .link(Link.to("Telemetry health", TelemetryHealth.UID));
  }

  private static Panel alerts() {
    return new Table(
            "Firing alerts",
            "Alerts of Taskscope that fire for these jobs, with their runbooks. Empty is good.",
            24,
            5)
        .key(
            "alertname",
            "Alert",
            300,
            new Link("Runbook", Runbooks.BASE + "${__data.fields.Alert}.md"))
        .key("severity", "Severity", 100)
        .key("job", "Job", 160)
        .key("scope_path", "Scope", 320, scopeLink())
        .column(
            "Firing",
            "short",
            "count by (alertname, severity, job, scope_path) (%s)"
                .formatted(fleet("ALERTS", "alertname=~\"Taskscope.+\"", "alertstate=\"firing\"")))
        .sortedBy("Firing")
        .noValue("no alert fires");
  }

  private static Panel scopes() {
    return new Table(
            "Scopes, fleet",
            "Each scope over all instances, the worst first. Budget used is the share of failed tasks"
                + " over what the objective allows: above 1 it is used up faster than it comes back."
                + " Queued is the share of task time spent waiting for a carrier thread (needs the agent).",
            24,
            11)
        .key("scope_path", "Scope", 340, scopeLink(), timeLink())
        .column(
            "Budget used",
            "none",
            1,
            10,
            maxBy(
                "scope_path",
                "%s / on (job, scope_path) %s"
                    .formatted(
                        fleet("job_scope_path:taskscope_tasks_failed:ratio_rate5m"),
                        fleet("job_scope_path:taskscope_task_error_budget:ratio"))))
        .column("Ended", "ops", sumBy("scope_path", fleet(FINISHED)))
        .column(
            "Failed",
            "percentunit",
            0.01,
            0.05,
            share(sumBy("scope_path", fleet(FAILURES)), sumBy("scope_path", fleet(FINISHED))))
        .column("p99", "s", quantile(0.99, "scope_path", fleet(BUCKETS)))
        .column(
            "Live",
            "short",
            sumBy("scope_path", fleet("job_scope_path:taskscope_tasks_active:sum")))
        .column(
            "Oldest",
            "s",
            maxBy("scope_path", fleet("job_scope_path:taskscope_oldest_task_age_seconds:max")))
        .column(
            "Queued",
            "percentunit",
            0.2,
            0.5,
            share(
                sumBy(
                    "scope_path",
                    fleet(
                        "job_scope_path_state:taskscope_task_time_seconds:rate5m",
                        "state=\"queued\"")),
                sumBy(
                    "scope_path",
                    fleet("job_scope_path_state:taskscope_task_time_seconds:rate5m"))))
        .column(
            "Findings",
            "short",
            1,
            10,
            sumBy(
                "scope_path",
                fleet("job_scope_path_finding:taskscope_findings:sum", "scope_path!=\"\"")))
        .sortedBy("Budget used");
  }

  private static Link scopeLink() {
    return Link.toFleetScope("What this scope does", Scope.UID, "${__data.fields.Scope}");
  }

  private static Link timeLink() {
    return Link.toFleetScope("Where its time goes", WhereTimeGoes.UID, "${__data.fields.Scope}");
  }

  private static Panel rateByOutcome() {
    return Panels.stack(
            "Tasks ended by outcome, fleet", "Tasks ended per second, by how they ended.", 8, 9)
        .query(
            sumBy("outcome", fleet("job_scope_path_outcome:taskscope_tasks_finished:rate5m")),
            "{{outcome}}")
        .unit("ops")
        .seriesColor("success", "green")
        .seriesColor("failure", "red")
        .seriesColor("cancelled", "#EAB839")
        .seriesColor("abandoned", "dark-purple");
  }

  private static Panel errorsByScope() {
    return Panels.lines(
            "Failed share, the ten worst scopes, fleet",
            "Share of ended tasks that failed or were abandoned, of the ten scopes with most.",
            8,
            9)
        .query(
            "topk(10, %s / %s > 0)"
                .formatted(
                    sumBy("scope_path", fleet(FAILURES)), sumBy("scope_path", fleet(FINISHED))),
            "{{scope_path}}")
        .unit("percentunit")
        .min(0)
        .noValue("no failures")
        .link(Link.toFleetScope("What this scope does", Scope.UID, "${__field.labels.scope_path}"));
  }

  private static Panel durations() {
    return Panels.lines(
            "Duration of tasks, fleet",
            "Median, 95th and 99th percentile from creation to end, over all scopes. Scopes that wait"
                + " for others are in it, so look for changes rather than at the value.",
            8,
            9)
        .query(quantile(0.5, "", fleet(BUCKETS)), "p50")
        .query(quantile(0.95, "", fleet(BUCKETS)), "p95")
        .query(quantile(0.99, "", fleet(BUCKETS)), "p99")
        .unit("s")
        .min(0);
  }

  private static Panel tree() {
    return Panels.nodeGraph(
            "Tree of scopes",
            "Each circle is a scope, with its live tasks and its failures per second in the instances chosen; the"
                + " rim is red for the share of tasks that fail. Click one to see what it does.",
            14,
            14)
        .tables()
        .query("live", node(sumBy("scope_path", Wide.ACTIVE.of())), "")
        .query("failures", node(sumBy("scope_path", Wide.FINISHED.of(FAILED))), "")
        .query(
            "failed",
            node(
                "(%s / %s > 0) or 0 * %s"
                    .formatted(
                        sumBy("scope_path", Wide.FINISHED.of(FAILED)),
                        sumBy("scope_path", Wide.FINISHED.of()),
                        sumBy("scope_path", Wide.ACTIVE.of()))),
            "")
        .query(
            "edges",
            "label_join(label_replace(label_replace(group by (parent_path, scope_path) (%s), \"source\", \"$1\","
                    .formatted(Wide.INFO.of("parent_path!=\"\""))
                + " \"parent_path\", \"(.*)\"), \"target\", \"$1\", \"scope_path\", \"(.*)\"), \"id\", \"->\","
                + " \"parent_path\", \"scope_path\")",
            "")
        .transformSome(
            "joinByField",
            "/^(live|failures|failed)$/",
            Json.object("byField", "id", "mode", "outer"))
        .transform(
            "organize",
            Json.object(
                "excludeByName",
                Json.object(
                    "Time", true,
                    "Time 1", true,
                    "Time 2", true,
                    "Time 3", true,
                    "title 2", true,
                    "title 3", true,
                    "scope_path 2", true,
                    "scope_path 3", true,
                    "parent_path", true,
                    "Value #edges", true),
                "renameByName",
                Json.object(
                    "Value #live", "mainstat",
                    "Value #failures", "secondarystat",
                    "Value #failed", "arc__failed",
                    "title 1", "title",
                    "scope_path 1", "detail__scope")))
        .override(
            Json.object("id", "byName", "options", "mainstat"),
            Json.object("id", "unit", "value", "short"),
            Json.object("id", "displayName", "value", "live"))
        .override(
            Json.object("id", "byName", "options", "secondarystat"),
            Json.object("id", "unit", "value", "ops"),
            Json.object("id", "displayName", "value", "failures"))
        .override(
            Json.object("id", "byName", "options", "arc__failed"),
            Json.object("id", "unit", "value", "percentunit"),
            Json.object("id", "displayName", "value", "failed"),
            Json.object("id", "color", "value", Json.object("mode", "fixed", "fixedColor", "red")))
        .override(
            Json.object("id", "byName", "options", "id"),
            Json.object(
                "id",
                "links",
                "value",
                Json.array(
                    Link.toScope("What this scope does", Scope.UID, "${__data.fields.id}").json())))
        .unit("short");
  }

  /** With the labels that a node has: its id, and its name as the title. */
  private static String node(String byScopePath) {
    return "label_join(label_replace(%s, \"title\", \"$1\", \"scope_path\", \".*/([^/]+)\"), \"id\", \"\", \"scope_path\")"
        .formatted(byScopePath);
  }

  private static Panel instances() {
    return new Table(
            "Instances",
            "Each process over all of its scopes. One that differs from the rest is worth a look.",
            10,
            14)
        .key(
            "instance",
            "Instance",
            190,
            Link.toInstance("Its tree", UID, "${__data.fields.Instance}"),
            Link.toInstance("Its leaks", Leaks.UID, "${__data.fields.Instance}"))
        .column(
            "Failed",
            "percentunit",
            0.01,
            0.05,
            maxBy("instance", series("job_instance:taskscope_tasks_failed:ratio_rate5m")))
        .column(
            "Ended",
            "ops",
            sumBy("instance", series("job_instance:taskscope_tasks_finished:rate5m")))
        .column(
            "Live", "short", sumBy("instance", series("job_instance:taskscope_tasks_active:sum")))
        .column(
            "Unaccounted",
            "short",
            1,
            10,
            maxBy("instance", series("job_instance:taskscope_tasks_unaccounted:max")))
        .sortedBy("Failed");
  }
}
