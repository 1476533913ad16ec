// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static io.taskscope.dashboards.Promql.BELOW;
import static io.taskscope.dashboards.Promql.FAILED;
import static io.taskscope.dashboards.Promql.OWN;
import static io.taskscope.dashboards.Promql.SUBTREE;
import static io.taskscope.dashboards.Promql.byChild;
import static io.taskscope.dashboards.Promql.maxBy;
import static io.taskscope.dashboards.Promql.quantile;
import static io.taskscope.dashboards.Promql.rate;
import static io.taskscope.dashboards.Promql.series;
import static io.taskscope.dashboards.Promql.share;
import static io.taskscope.dashboards.Promql.sumBy;

/** What does this scope do, and which of its children does it? */
final class Scope {
  static final String UID = "taskscope-scope";

  private static final String FINISHED = "taskscope_tasks_finished_total";
  private static final String BUCKETS = "taskscope_task_duration_seconds_bucket";

  /** How far up the breadcrumb can go; deeper trees lose its last links, not the panels. */
  private static final int CRUMBS = 8;

  private Scope() {}

  static Dashboard dashboard() {
    return new Dashboard(
            UID,
            "Scope",
            "What does this scope do, and which child does it?",
            """
            *Own* is the scope alone, *subtree* is the scope with all below it. Where the two differ, the table \
            **Children** says who it is: click one to go down, the breadcrumb to go up. Points on the duration are \
            exemplars: click one to see the trace of that task.""")
        .scope()
        .add(breadcrumb())
        .add(live("Live, own", "Live tasks of the scope itself.", OWN))
        .add(live("Live, subtree", "Live tasks of the scope and all below it.", SUBTREE))
        .add(failed("Failed, own", "Share of the scope's own ended tasks that failed.", OWN))
        .add(failed("Failed, subtree", "The same share, with all below it.", SUBTREE))
        .add(oldest())
        .add(state())
        .row("The scope itself: rate and errors left, duration right")
        .add(rateByOutcome())
        .add(errors())
        .add(durations())
        .row("Its children")
        .add(children())
        .add(rateByChild())
        .add(failuresByChild())
        .add(durationByChild())
        .row("How its tasks come and start")
        .add(origins())
        .add(startDelay())
        .add(heatmap())
        .add(instances());
  }

  private static Panel breadcrumb() {
    Panel panel =
        Panels.names(
                "Breadcrumb", "The scope and the scopes it is in. Click one to go there.", 24, 3)
            .instant()
            .unit("string")
            .noValue("choose a scope")
            .colors("blue")
            .link(Link.toScope("Go there", UID, "${__field.labels.crumb}"));
    for (int depth = 1; depth <= CRUMBS; depth++) {
      panel.query(
          "max by (crumb) (label_replace(%s, \"crumb\", \"$1\", \"scope_path\", \"((/[^/]+){%s}).*\"))"
              .formatted(
                  series(
                      "taskscope_scope_info",
                      "scope_path=\"${scope:raw}\"",
                      "scope_path=~\"(/[^/]+){%s,}\"".formatted(depth)),
                  depth),
          "{{crumb}}");
    }
    return panel;
  }

  private static Panel live(String title, String description, String where) {
    return Panels.stat(title, description, 4)
        .query(sumBy("", Wide.ACTIVE.of(where)), "live")
        .unit("short")
        .decimals(0)
        .colors("blue");
  }

  private static Panel failed(String title, String description, String where) {
    return Panels.stat(title, description, 4)
        .query(failedShare("", where), "failed")
        .unit("percentunit")
        .decimals(1)
        .min(0)
        .noValue("no tasks")
        .thresholds(0.01, 0.05);
  }

  private static String failedShare(String labels, String where) {
    return share(
        sumBy(labels, Wide.FINISHED.of(FAILED, where)), sumBy(labels, Wide.FINISHED.of(where)));
  }

  private static String failedShareByChild() {
    return share(
        sumBy("child", byChild(Wide.FINISHED.of(FAILED, BELOW))),
        sumBy("child", byChild(Wide.FINISHED.of(BELOW))));
  }

  private static Panel oldest() {
    return Panels.stat(
            "Oldest task, subtree", "Age of the oldest live task of the scope and below.", 4)
        .query(maxBy("", Wide.OLDEST.of(SUBTREE)), "oldest")
        .unit("s")
        .colors("blue");
  }

  private static Panel state() {
    return Panels.stat(
            "State",
            "The furthest state of the scope in the instances chosen. Blocks have none. Leads to the dashboard Shutdown.",
            4)
        .query(Shutdown.encodedState("", OWN), "state")
        .unit("none")
        .mapping(Shutdown.STATES)
        .noValue("block")
        .option("graphMode", "none")
        .link(Link.to("Shutdown", Shutdown.UID));
  }

  private static Panel rateByOutcome() {
    return Panels.stack(
            "Ended tasks by outcome, own", "The scope's own ended tasks per second.", 8, 9)
        .query(sumBy("outcome", rate(series(FINISHED, OWN))), "{{outcome}}")
        .unit("ops")
        .seriesColor("success", "green")
        .seriesColor("failure", "red")
        .seriesColor("cancelled", "#EAB839")
        .seriesColor("abandoned", "dark-purple");
  }

  private static Panel errors() {
    return Panels.lines(
            "Failed share, own beside subtree",
            "Share of ended tasks that failed or were abandoned.",
            8,
            9)
        .query(failedShare("", OWN), "own")
        .query(failedShare("", SUBTREE), "subtree")
        .unit("percentunit")
        .min(0)
        .noValue("no tasks");
  }

  private static Panel durations() {
    String rates = rate(series(BUCKETS, OWN));
    return Panels.lines(
            "Duration, own",
            "Quantiles of the time from creation to end of the scope's own tasks. Points are exemplars: they lead to traces.",
            8,
            9)
        .query(quantile(0.5, "", rates), "p50")
        .query(quantile(0.95, "", rates), "p95")
        .queryWithExemplars(quantile(0.99, "", rates), "p99")
        .unit("s")
        .min(0)
        .noValue("no tasks");
  }

  private static Panel children() {
    return new Table(
            "Children",
            "One row per child, each with all that is below it. Queued, running and parked need the agent.",
            24,
            7)
        .key(
            "child",
            "Child",
            320,
            Link.toScope("Go down", UID, "${__data.fields.Child}"),
            Link.toScope("Where its time goes", WhereTimeGoes.UID, "${__data.fields.Child}"))
        .column("Failed", "percentunit", 0.01, 0.05, failedShareByChild())
        .column("Ended", "ops", sumBy("child", byChild(Wide.FINISHED.of(BELOW))))
        .column("p99", "s", quantile(0.99, "child", byChild(Wide.DURATION.of(BELOW))))
        .column("Live", "short", sumBy("child", byChild(Wide.ACTIVE.of(BELOW))))
        .column("Queued", "short", inState("queued"))
        .column("Running", "short", inState("running"))
        .column("Parked", "short", inState("parked"))
        .column("Oldest", "s", maxBy("child", byChild(Wide.OLDEST.of(BELOW))))
        .sortedBy("Failed");
  }

  private static String inState(String state) {
    return sumBy("child", byChild(Wide.STATES.of("state=\"%s\"".formatted(state), BELOW)));
  }

  private static Panel rateByChild() {
    return Panels.stack(
            "Ended tasks by child", "Ended tasks per second of each child with all below.", 8, 9)
        .query(sumBy("child", byChild(Wide.FINISHED.of(BELOW))), "{{child}}")
        .unit("ops")
        .noValue("no children");
  }

  private static Panel failuresByChild() {
    return Panels.lines(
            "Failed share by child", "Share of ended tasks that failed or were abandoned.", 8, 9)
        .query(failedShareByChild(), "{{child}}")
        .unit("percentunit")
        .min(0)
        .noValue("no children with tasks");
  }

  private static Panel durationByChild() {
    return Panels.lines(
            "Duration p99 by child", "99th percentile from creation to end of a task.", 8, 9)
        .query(quantile(0.99, "child", byChild(Wide.DURATION.of(BELOW))), "{{child}}")
        .unit("s")
        .min(0)
        .noValue("no children");
  }

  private static Panel origins() {
    return Panels.stack(
            "Started tasks by origin, own",
            "How tasks came to be: spawned, called on the caller's thread, adopted, or a tick of a timer.",
            8,
            9)
        .query(sumBy("origin", rate(series("taskscope_tasks_started_total", OWN))), "{{origin}}")
        .unit("ops");
  }

  private static Panel startDelay() {
    String rates = rate(series("taskscope_task_start_delay_seconds_bucket", OWN));
    return Panels.lines(
            "Start delay, own",
            "From creation to first run. When it grows, tasks wait for a thread before they do anything.",
            8,
            9)
        .query(quantile(0.5, "", rates), "p50")
        .query(quantile(0.99, "", rates), "p99")
        .unit("s")
        .min(0)
        .noValue("no tasks");
  }

  private static Panel heatmap() {
    return Panels.heatmap(
            "Duration, own",
            "Tasks ended per second, by how long they took. Two bands mean two kinds of tasks under one name.",
            8,
            9)
        .bucketQuery(sumBy("le", rate(series(BUCKETS, OWN))));
  }

  private static Panel instances() {
    return Panels.lines(
            "Ended tasks, the ten busiest instances, own",
            "Ended tasks per second by process: uneven load shows here.",
            24,
            7)
        .query(
            "topk(10, %s)".formatted(sumBy("instance", rate(series(FINISHED, OWN)))),
            "{{instance}}")
        .unit("ops")
        .min(0);
  }
}
