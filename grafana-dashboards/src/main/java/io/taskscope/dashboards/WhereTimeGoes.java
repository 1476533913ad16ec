// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static io.taskscope.dashboards.Promql.SUBTREE;
import static io.taskscope.dashboards.Promql.fleet;
import static io.taskscope.dashboards.Promql.series;
import static io.taskscope.dashboards.Promql.share;
import static io.taskscope.dashboards.Promql.sumBy;

/** Do tasks work or wait, and for what? */
final class WhereTimeGoes {
  static final String UID = "taskscope-time";

  private static final String RECORDED = "job_scope_path_state:taskscope_task_time_seconds:rate5m";

  private WhereTimeGoes() {}

  static Dashboard dashboard() {
    return new Dashboard(
            UID,
            "Where time goes",
            "Do tasks work or wait, and for what?",
            """
            A task is *queued* (waits for a carrier thread), *running*, or *parked* (waits for something). By Little's \
            law the rate of each time is the mean number of tasks in that state. Much queued: the JVM is short of CPU. \
            Much parked: see the reasons. These times are measured by the agent; without it there are none.""")
        .scopeOrAll()
        .add(mean("running", "Mean number of tasks that were on a carrier thread.", "green"))
        .add(mean("queued", "Mean number of tasks that could run but had no carrier.", "orange"))
        .add(mean("parked", "Mean number of tasks that waited for something.", "blue"))
        .add(unattributedNow())
        .add(states())
        .add(reasons())
        .row("Scopes of the fleet")
        .add(scopes())
        .add(queuedShare())
        .row("How long at a time")
        .add(meanPark())
        .add(meanStep())
        .add(slowSteps())
        .add(durations())
        .add(startDelays())
        .add(unattributed());
  }

  private static Panel mean(String state, String description, String color) {
    return Panels.stat("Mean " + state, description, 6)
        .query(sumBy("", Wide.TIME.of("state=\"%s\"".formatted(state), SUBTREE)), state)
        .unit("short")
        .noValue("no agent")
        .colors(color);
  }

  private static Panel unattributedNow() {
    return Panels.stat(
            "Unattributed",
            "Share of the live tasks that are in none of the three states. Below 2 % all is accounted for.",
            6)
        .query(unattributedShare(), "unattributed")
        .unit("percentunit")
        .decimals(1)
        .noValue("no agent")
        .thresholds(0.02, 0.1);
  }

  /**
   * The part of the live tasks that is in no state. Of gauges, which one scrape reads together: the
   * mean number by Little's law and the mean of scraped numbers differ where the load has a rhythm
   * of its own.
   */
  private static String unattributedShare() {
    return "1 - %s / (%s > 0)"
        .formatted(sumBy("", Wide.STATES.of(SUBTREE)), sumBy("", Wide.ACTIVE.of(SUBTREE)));
  }

  private static Panel states() {
    return Panels.stack(
            "Mean number of tasks by state",
            "By Little's law: seconds of task time per second. All three together are the mean number of live tasks.",
            12,
            10)
        .query(sumBy("state", Wide.TIME.of(SUBTREE)), "{{state}}")
        .unit("short")
        .seriesColor("running", "green")
        .seriesColor("queued", "orange")
        .seriesColor("parked", "blue")
        .noValue("no agent");
  }

  private static Panel reasons() {
    return Panels.stack(
            "Mean number of parked tasks by reason",
            "What they wait for: park and timed_park are locks, queues and sockets; monitor_enter is synchronized; pinned keeps a carrier busy.",
            12,
            10)
        .query(sumBy("reason", Wide.PARK_TIME.of(SUBTREE)), "{{reason}}")
        .unit("short")
        .noValue("no agent");
  }

  private static Panel scopes() {
    return new Table(
            "Scopes by state, fleet",
            "Mean number of tasks in each state over all instances, for the chosen scope and all below it.",
            14,
            10)
        .key(
            "scope_path",
            "Scope",
            320,
            Link.toFleetScope("What this scope does", Scope.UID, "${__data.fields.Scope}"))
        .column("Running", "short", recorded("running"))
        .column("Queued", "short", recorded("queued"))
        .column("Parked", "short", recorded("parked"))
        .column(
            "Queued share",
            "percentunit",
            0.2,
            0.5,
            share(recorded("queued"), sumBy("scope_path", fleet(RECORDED, SUBTREE))))
        .sortedBy("Running");
  }

  private static String recorded(String state) {
    return sumBy("scope_path", fleet(RECORDED, "state=\"%s\"".formatted(state), SUBTREE));
  }

  private static Panel queuedShare() {
    return Panels.lines(
            "Queued of queued and running, the ten worst instances",
            "How much of the time in which tasks could run they waited for a carrier, over all scopes of an instance."
                + " Near 1: carriers are starved.",
            10,
            10)
        .query(
            "topk(10, %s)"
                .formatted(
                    share(
                        sumBy(
                            "instance",
                            series(
                                "job_instance_state:taskscope_task_time_seconds:rate5m",
                                "state=\"queued\"")),
                        sumBy(
                            "instance",
                            series(
                                "job_instance_state:taskscope_task_time_seconds:rate5m",
                                "state=~\"queued|running\"")))),
            "{{instance}}")
        .unit("percentunit")
        .min(0)
        .max(1)
        .noValue("no agent");
  }

  private static Panel meanPark() {
    return Panels.lines(
            "Mean length of a park by reason",
            "Parked time over number of parks: how long one wait takes.",
            8,
            9)
        .query(
            share(
                sumBy("reason", Wide.PARK_TIME.of(SUBTREE)),
                sumBy("reason", Wide.PARKS.of(SUBTREE))),
            "{{reason}}")
        .unit("s")
        .min(0)
        .noValue("no agent");
  }

  private static Panel meanStep() {
    return Panels.lines(
            "Mean length of a step",
            "Running time over number of steps: how long a task keeps its carrier before it yields.",
            8,
            9)
        .query(
            share(
                sumBy("", Wide.TIME.of("state=\"running\"", SUBTREE)),
                sumBy("", Wide.STEPS.of(SUBTREE))),
            "mean step")
        .unit("s")
        .min(0)
        .noValue("no agent");
  }

  private static Panel slowSteps() {
    return Panels.lines(
            "Slow steps, the ten worst scopes",
            "Steps longer than the limit (100 ms unless set) per second: such a task keeps others from running.",
            8,
            9)
        .query(
            "topk(10, %s > 0)".formatted(sumBy("scope_path", Wide.SLOW_STEPS.of(SUBTREE))),
            "{{scope_path}}")
        .unit("ops")
        .min(0)
        .noValue("no slow step")
        .link(Link.toScope("What this scope does", Scope.UID, "${__field.labels.scope_path}"));
  }

  private static Panel durations() {
    return Panels.heatmap(
            "Duration of tasks", "Tasks ended per second, by how long they took.", 8, 9)
        .bucketQuery(sumBy("le", Wide.DURATION.of(SUBTREE)));
  }

  private static Panel startDelays() {
    return Panels.heatmap(
            "Start delay of tasks",
            "Tasks started per second, by how long they waited for their first run.",
            8,
            9)
        .bucketQuery(sumBy("le", Wide.START_DELAY.of(SUBTREE)));
  }

  private static Panel unattributed() {
    return Panels.lines(
            "Unattributed remainder",
            "Share of the live tasks that are in no state. Away from 0 for long, the split is not to be trusted.",
            8,
            9)
        .query(unattributedShare(), "unattributed")
        .unit("percentunit")
        .axisTo(0.05)
        .noValue("no agent");
  }
}
