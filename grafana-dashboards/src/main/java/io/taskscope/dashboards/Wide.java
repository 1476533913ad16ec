// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

/**
 * Metrics that panels read of a whole subtree. Of the instances chosen they are read as scraped;
 * where <em>all</em> are chosen, which may be a thousand, the series are read that a rule has
 * recorded over all instances.
 *
 * <p>PromQL has no "if". But the value of the variable <em>Instance</em> is a regular expression:
 * {@code .+} for all, else the names of instances. Put to the label {@code job}, it matches every
 * job in the one case and none in the other, as no job has the name of an instance. So one side of
 * an {@code or} is always empty, and costs next to nothing.
 */
enum Wide {
  ACTIVE("taskscope_tasks_active", "job_scope_path:taskscope_tasks_active:sum"),
  OLDEST(
      "taskscope_oldest_task_age_seconds", "job_scope_path:taskscope_oldest_task_age_seconds:max"),
  INFO("taskscope_scope_info", "job_scope_path_parent_path:taskscope_scope_info:max"),
  STATES("taskscope_tasks_state", "job_scope_path_state:taskscope_tasks_state:sum"),
  FINISHED(
      "taskscope_tasks_finished_total", "job_scope_path_outcome:taskscope_tasks_finished:rate5m"),
  DURATION(
      "taskscope_task_duration_seconds_bucket",
      "job_scope_path_le:taskscope_task_duration_seconds_bucket:rate5m"),
  START_DELAY(
      "taskscope_task_start_delay_seconds_bucket",
      "job_scope_path_le:taskscope_task_start_delay_seconds_bucket:rate5m"),
  TIME(
      "taskscope_task_time_seconds_total",
      "job_scope_path_state:taskscope_task_time_seconds:rate5m"),
  PARK_TIME(
      "taskscope_task_park_seconds_total",
      "job_scope_path_reason:taskscope_task_park_seconds:rate5m"),
  PARKS("taskscope_task_parks_total", "job_scope_path_reason:taskscope_task_parks:rate5m"),
  STEPS("taskscope_task_steps_total", "job_scope_path:taskscope_task_steps:rate5m"),
  SLOW_STEPS("taskscope_task_slow_steps_total", "job_scope_path:taskscope_task_slow_steps:rate5m"),
  FINDINGS("taskscope_findings", "job_scope_path_finding:taskscope_findings:sum");

  private final String scraped;
  private final String recorded;

  Wide(String scraped, String recorded) {
    this.scraped = scraped;
    this.recorded = recorded;
  }

  /** The values of a gauge, the rates per second of a counter. */
  String of(String... matchers) {
    return union("%s", isRate() ? Promql.rate("%s") : "%s", matchers);
  }

  /**
   * What a function makes of a gauge's values in a range.
   *
   * @param function with {@code %s} for the selector, such as {@code deriv(%s[30m])}
   */
  String over(String function, String... matchers) {
    return union(function, function, matchers);
  }

  private String union(String ofRecorded, String ofScraped, String... matchers) {
    return "(%s or %s)"
        .formatted(
            ofRecorded.formatted(Promql.fleet(recorded, with("job=~\"$instance\"", matchers))),
            ofScraped.formatted(Promql.series(scraped, with("job!~\"$instance\"", matchers))));
  }

  private boolean isRate() {
    return recorded.endsWith(":rate5m");
  }

  private static String[] with(String first, String... rest) {
    String[] all = new String[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
