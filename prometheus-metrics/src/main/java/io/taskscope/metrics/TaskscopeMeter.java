// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every metric this module publishes: the only place in code that knows their names, labels and
 * types. A constant is described as Prometheus shows it; the Micrometer name and tag keys follow
 * from that, with dots, as Micrometer's naming conventions expect them.
 */
public enum TaskscopeMeter {
  /** Live tasks. */
  TASKS_ACTIVE("taskscope_tasks_active", Type.GAUGE, "Live tasks", Labels.PATH),
  /** Live tasks by where they stand; with the agent. */
  TASKS_STATE(
      "taskscope_tasks_state", Type.GAUGE, "Live tasks by state", Labels.PATH, Labels.STATE),
  /** Tasks started, by how they came to be. */
  TASKS_STARTED(
      "taskscope_tasks_started_total", Type.COUNTER, "Started tasks", Labels.PATH, "origin"),
  /** Tasks ended, by how they ended. */
  TASKS_FINISHED(
      "taskscope_tasks_finished_total", Type.COUNTER, "Ended tasks", Labels.PATH, "outcome"),
  /** From the creation of a task to its end. */
  TASK_DURATION(
      "taskscope_task_duration_seconds",
      Type.HISTOGRAM,
      "Time from creation to end of a task",
      List.of(Labels.PATH, "outcome"),
      List.of("task")),
  /** From the creation of a task to the moment its body began. */
  TASK_START_DELAY(
      "taskscope_task_start_delay_seconds",
      Type.HISTOGRAM,
      "Time from creation to first run of a task",
      Labels.PATH),
  /** Where the time of tasks went, live ones included; with the agent. */
  TASK_TIME(
      "taskscope_task_time_seconds_total",
      Type.COUNTER,
      "Time spent by tasks, live ones included",
      Labels.PATH,
      Labels.STATE),
  /** What tasks waited for, and for how long; with the agent. */
  TASK_PARK_TIME(
      "taskscope_task_park_seconds_total",
      Type.COUNTER,
      "Time spent by tasks waiting, live ones included",
      Labels.PATH,
      Labels.REASON),
  /** How often tasks waited; with the agent. */
  TASK_PARKS(
      "taskscope_task_parks_total", Type.COUNTER, "Waits of tasks", Labels.PATH, Labels.REASON),
  /** How often tasks were put on a carrier; with the agent. */
  TASK_STEPS("taskscope_task_steps_total", Type.COUNTER, "Steps of tasks", Labels.PATH),
  /** Steps longer than the limit; with the agent. */
  TASK_SLOW_STEPS(
      "taskscope_task_slow_steps_total",
      Type.COUNTER,
      "Steps of tasks longer than the limit",
      Labels.PATH),
  /** The age of the oldest live task; 0 when there is none. */
  OLDEST_TASK_AGE(
      "taskscope_oldest_task_age_seconds", Type.GAUGE, "Age of the oldest live task", Labels.PATH),
  /** Where a path stands in the tree; always 1. */
  SCOPE_INFO(
      "taskscope_scope_info",
      Type.INFO,
      "Place of the scope in the tree",
      Labels.PATH,
      "parent_path",
      "name",
      "depth"),
  /** Whether a long-lived scope of this path is in this state. */
  SCOPE_STATE(
      "taskscope_scope_state",
      Type.GAUGE,
      "1 if a long-lived scope of this path is in this state, else 0",
      Labels.PATH,
      Labels.STATE),
  /** How long the phases of a shutdown took. */
  SHUTDOWN_DURATION(
      "taskscope_shutdown_duration_seconds",
      Type.HISTOGRAM,
      "Duration of one phase of the shutdown of a long-lived scope",
      Labels.PATH,
      "phase"),
  /** Long-lived scopes that were shut down, by how well it went. */
  SHUTDOWNS(
      "taskscope_shutdowns_total",
      Type.COUNTER,
      "Shutdowns of long-lived scopes",
      Labels.PATH,
      "result"),
  /** The latest time at which the shutdown under way will be over; 0 when there is none. */
  SHUTDOWN_DEADLINE(
      "taskscope_shutdown_deadline_timestamp_seconds",
      Type.GAUGE,
      "Unix time at which the shutdown under way is over at the latest, 0 when there is none",
      Labels.PATH),
  /** What someone should look at, by kind. */
  FINDINGS(
      "taskscope_findings",
      Type.GAUGE,
      "Tasks, or other things, that findings of this kind are about",
      Labels.PATH,
      "finding"),
  /** Errors thrown by hooks. */
  HOOK_FAILURES(
      "taskscope_hook_failures_total", Type.COUNTER, "Errors thrown by a hook", "hook", "method"),
  /** Whether a hook was taken out because it kept failing. */
  HOOK_QUARANTINED(
      "taskscope_hook_quarantined",
      Type.GAUGE,
      "1 if the hook was taken out after repeated failures, else 0",
      "hook"),
  /** Telemetry that was given up because a bound was reached. */
  TELEMETRY_DROPPED(
      "taskscope_telemetry_dropped_total",
      Type.COUNTER,
      "Pieces of telemetry dropped at a bound",
      "signal",
      Labels.REASON),
  /** Scopes counted under {@code (other)} because there were too many paths. */
  PATHS_OVERFLOWED(
      "taskscope_paths_overflowed_total",
      Type.COUNTER,
      "Paths folded into (other) at the bound on distinct paths"),
  /** Tasks recorded under {@code task="(other)"} because their path has too many names. */
  TASK_NAMES_OVERFLOWED(
      "taskscope_task_names_overflowed_total",
      Type.COUNTER,
      "Ended tasks recorded under (other) at the bound on distinct task names of a path"),
  /** What is running; always 1. */
  BUILD_INFO("taskscope_build_info", Type.INFO, "Version of Taskscope", "version", "agent");

  /** What kind of metric it is. */
  public enum Type {
    /** Only grows while its series exists. */
    COUNTER,
    /** Goes up and down. */
    GAUGE,
    /** Counts by {@linkplain TaskscopeMetrics#BUCKETS bucket}, with a sum and a count. */
    HISTOGRAM,
    /** A gauge that is always 1; what it says is in its labels. */
    INFO;

    /** {@return the type as Prometheus's text format names it} */
    public String prometheusType() {
      return this == INFO ? "gauge" : name().toLowerCase(Locale.ROOT);
    }
  }

  private static final class Labels {
    static final String PATH = "scope_path";
    static final String STATE = "state";
    static final String REASON = "reason";
  }

  private static final String TOTAL = "_total";
  private static final String SECONDS = "_seconds";

  private final String prometheusName;
  private final String meterName;
  private final Type type;
  private final String description;
  private final List<String> labels;
  private final List<String> optionalLabels;
  private final List<String> tagKeys;
  private final List<String> optionalTagKeys;

  TaskscopeMeter(String prometheusName, Type type, String description, String... labels) {
    this(prometheusName, type, description, List.of(labels), List.of());
  }

  TaskscopeMeter(
      String prometheusName,
      Type type,
      String description,
      List<String> labels,
      List<String> optionalLabels) {
    this.prometheusName = prometheusName;
    this.type = type;
    this.description = description;
    this.labels = labels;
    this.optionalLabels = optionalLabels;
    meterName = dotted(without(SECONDS, without(TOTAL, prometheusName)));
    tagKeys = dotted(labels);
    optionalTagKeys = dotted(optionalLabels);
  }

  private static List<String> dotted(List<String> labels) {
    return labels.stream().map(TaskscopeMeter::dotted).toList();
  }

  private static String dotted(String prometheusName) {
    return prometheusName.replace('_', '.');
  }

  private static String without(String suffix, String name) {
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }

  /** {@return the name in Prometheus, such as {@code taskscope_tasks_started_total}} */
  public String prometheusName() {
    return prometheusName;
  }

  /** {@return the name in Micrometer, such as {@code taskscope.tasks.started}} */
  public String meterName() {
    return meterName;
  }

  /** {@return the kind of metric} */
  public Type type() {
    return type;
  }

  /** {@return what it measures, in one line without a full stop} */
  public String description() {
    return description;
  }

  /** {@return the labels in Prometheus, such as {@code scope_path}; always all present} */
  public List<String> labels() {
    return labels;
  }

  /** {@return labels that only those series have for which an option of their scope asks} */
  public List<String> optionalLabels() {
    return optionalLabels;
  }

  /** {@return the tag keys in Micrometer, such as {@code scope.path}, in the same order} */
  public List<String> tagKeys() {
    return tagKeys;
  }

  /** {@return the tag keys in Micrometer of the optional labels} */
  public List<String> optionalTagKeys() {
    return optionalTagKeys;
  }

  /** Whether its values are times. */
  boolean isTime() {
    return without(TOTAL, prometheusName).endsWith(SECONDS);
  }

  /** What Micrometer is told as the unit of values. */
  @Nullable String baseUnit() {
    return isTime() ? "seconds" : null;
  }
}
