// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static io.taskscope.dashboards.Promql.SUBTREE;
import static io.taskscope.dashboards.Promql.increase;
import static io.taskscope.dashboards.Promql.maxBy;
import static io.taskscope.dashboards.Promql.series;
import static io.taskscope.dashboards.Promql.sumBy;

/** Does a shutdown hang, and on whom? */
final class Shutdown {
  static final String UID = "taskscope-shutdown";

  /** The numbers that stand for states, what they are called, and in which color. */
  static final Object[] STATES = {
    1, "open", "green", 2, "draining", "blue", 3, "cancelling", "orange", 4, "closed", "text"
  };

  private static final String STATE = "taskscope_scope_state";
  private static final String DEADLINE = "taskscope_shutdown_deadline_timestamp_seconds";

  /** Scopes that are in more than this many others share the first line of the timeline's order. */
  private static final int DEEPEST = 6;

  private Shutdown() {}

  static Dashboard dashboard() {
    return new Dashboard(
            UID,
            "Shutdown",
            "Does a shutdown hang, and on whom?",
            """
            A shutdown goes from the innermost scopes, at the top of the timeline, to the outermost: the first bar that \
            does not change its color holds up all below it. **What is left** names it while it happens, **Abandoned \
            tasks** afterwards; the report in the log of the process has the stack of each.""")
        .scopeOrAll()
        .add(stopping())
        .add(timeLeft())
        .add(overdue())
        .add(forced())
        .add(abandoned())
        .add(left())
        .add(timeline())
        .add(leftTable())
        .row("How shutdowns ended in the time shown")
        .add(results())
        .add(phases())
        .add(culprits());
  }

  /**
   * The furthest state a scope is in, as a number: 1 open, 2 draining, 3 cancelling, 4 closed.
   *
   * @param labels to keep
   * @param where the scopes
   */
  static String encodedState(String labels, String where) {
    return maxBy(
        labels,
        "(%s == 1) or 2 * (%s == 1) or 3 * (%s == 1) or 4 * (%s == 1)"
            .formatted(
                series(STATE, "state=\"open\"", where),
                series(STATE, "state=\"draining\"", where),
                series(STATE, "state=\"cancelling\"", where),
                series(STATE, "state=\"closed\"", where)));
  }

  private static Panel stopping() {
    return Panels.stat(
            "Scopes shutting down", "Scopes with a shutdown under way and not yet closed.", 4)
        .query("count(%s > 0) or vector(0)".formatted(series(DEADLINE, SUBTREE)), "scopes")
        .unit("short")
        .decimals(0)
        .colors("green", 1, "blue");
  }

  private static Panel timeLeft() {
    return Panels.stat(
            "Time left",
            "Until the nearest deadline of the shutdowns under way. Below 0 it is overdue.",
            4)
        .query("min(%s > 0) - time()".formatted(series(DEADLINE, SUBTREE)), "left")
        .unit("s")
        .noValue("no shutdown")
        .colors("red", 0, "#EAB839", 5, "green");
  }

  private static Panel overdue() {
    return Panels.stat(
            "Overdue", "Scopes whose shutdown should be over, more than a second ago.", 4)
        .query(
            "count(time() - (%s > 0) > 1) or vector(0)".formatted(series(DEADLINE, SUBTREE)),
            "scopes")
        .unit("short")
        .decimals(0)
        .threshold(1);
  }

  private static Panel forced() {
    return Panels.stat(
            "Forced",
            "Share of the shutdowns in the time shown that had to cancel or to abandon tasks.",
            4)
        .query(
            "%s / (%s > 0)"
                .formatted(
                    sumBy(
                        "",
                        increase(
                            series("taskscope_shutdowns_total", "result!=\"clean\"", SUBTREE))),
                    sumBy("", increase(series("taskscope_shutdowns_total", SUBTREE)))),
            "forced")
        .unit("percentunit")
        .decimals(0)
        .noValue("no shutdown")
        .thresholds(0.1, 0.5);
  }

  private static Panel abandoned() {
    return Panels.stat(
            "Abandoned tasks", "Tasks given up in the time shown: their threads may still run.", 4)
        .query(
            sumBy(
                "",
                increase(
                    series("taskscope_tasks_finished_total", "outcome=\"abandoned\"", SUBTREE))),
            "abandoned")
        .unit("short")
        .decimals(0)
        .threshold(0.5);
  }

  private static Panel left() {
    return Panels.stat("Live tasks in them", "Live tasks of scopes whose shutdown is under way.", 4)
        .query(
            "sum(%s and on (job, instance, scope_path) (%s > 0)) or vector(0)"
                .formatted(series("taskscope_tasks_active", SUBTREE), series(DEADLINE, SUBTREE)),
            "live")
        .unit("short")
        .decimals(0)
        .thresholds(1, 100);
  }

  private static Panel timeline() {
    Panel panel =
        Panels.stateTimeline(
                "States, innermost first",
                "The furthest state of each scope in the instances chosen. A gap: there is no such scope.",
                24,
                11)
            .unit("none")
            .mapping(STATES)
            .colors("green");
    for (int depth = DEEPEST; depth >= 1; depth--) {
      // The order of the queries is the order of the bars.
      String times = depth == DEEPEST ? "{%s,}".formatted(depth) : "{%s}".formatted(depth);
      panel.query(
          encodedState("scope_path", SUBTREE + ", scope_path=~\"(/[^/]+)%s\"".formatted(times)),
          "{{scope_path}}");
    }
    return panel;
  }

  private static Panel leftTable() {
    String under =
        "and on (job, instance, scope_path) (%s > 0)".formatted(series(DEADLINE, SUBTREE));
    return new Table(
            "What is left",
            "Scopes whose shutdown is under way: what they still wait for, and how long they may. Empty when there is none.",
            24,
            7)
        .key(
            "scope_path",
            "Scope",
            320,
            Link.toScope("What this scope does", Scope.UID, "${__data.fields.Scope}"))
        .key("instance", "Instance", 200)
        .column(
            "Live tasks",
            "short",
            1,
            100,
            "sum by (scope_path, instance) (%s %s)"
                .formatted(series("taskscope_tasks_active", SUBTREE), under))
        .column(
            "Oldest",
            "s",
            "max by (scope_path, instance) (%s %s)"
                .formatted(series("taskscope_oldest_task_age_seconds", SUBTREE), under))
        .column(
            "Time left",
            "s",
            "min by (scope_path, instance) ((%s > 0) - time())"
                .formatted(series(DEADLINE, SUBTREE)))
        .sortedBy("Live tasks")
        .noValue("no shutdown under way");
  }

  private static Panel results() {
    return Panels.bars(
            "Shutdowns by result",
            "Clean: all tasks ended by themselves. Cancelled: some had to be interrupted. Abandoned: some did not end even then.",
            8,
            9)
        .query(
            sumBy("result", increase(series("taskscope_shutdowns_total", SUBTREE))), "{{result}}")
        .unit("short")
        .decimals(0)
        .min(0)
        .seriesColor("clean", "green")
        .seriesColor("cancelled", "orange")
        .seriesColor("abandoned", "red")
        .noValue("no shutdown");
  }

  private static Panel phases() {
    return Panels.bars(
            "Longest phases",
            "The ten phases that took longest on average, by scope: drain waits, cancel interrupts, resources close.",
            8,
            9)
        .instant()
        .query(
            "sort_desc(topk(10, %s / %s))".formatted(phase("sum"), phase("count")),
            "{{phase}} {{scope_path}}")
        .unit("s")
        .min(0)
        .noValue("no shutdown");
  }

  /**
   * As they stand: a shutdown comes once in a process, and its series begin with their last value.
   */
  private static String phase(String part) {
    return "sum by (scope_path, phase) (max_over_time(%s[$__range]))"
        .formatted(series("taskscope_shutdown_duration_seconds_" + part, SUBTREE));
  }

  private static Panel culprits() {
    return Panels.bars(
            "Abandoned tasks by scope",
            "Whose tasks ignored their interrupt in the time shown. The shutdown report has their names and stacks.",
            8,
            9)
        .instant()
        .query(
            "sort_desc(topk(10, %s > 0))"
                .formatted(
                    sumBy(
                        "scope_path",
                        increase(
                            series(
                                "taskscope_tasks_finished_total",
                                "outcome=\"abandoned\"",
                                SUBTREE)))),
            "{{scope_path}}")
        .unit("short")
        .decimals(0)
        .min(0)
        .threshold(0.5)
        .noValue("none was abandoned")
        .link(Link.toScope("What this scope does", Scope.UID, "${__field.labels.scope_path}"));
  }
}
