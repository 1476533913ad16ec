// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.taskscope.console.analysis.AbandonedTask;
import io.taskscope.console.analysis.Environment;
import io.taskscope.console.analysis.ParkGroup;
import io.taskscope.console.analysis.RecordingFinding;
import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.analysis.ShutdownPhaseRecord;
import io.taskscope.console.analysis.TaskRecord;
import io.taskscope.console.analysis.Unknown;
import io.taskscope.console.recording.Coverage;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A report as JSON: schema {@code taskscope.report}, version 1, described in {@code
 * report.schema.json} of this module. Times are nanoseconds, points in time ISO 8601 in UTC. Fields
 * may be added within a version, and are not removed or changed.
 */
public final class JsonReport {
  private static final int SLOWEST = 100;

  private final RecordingReport report;
  private final JsonGenerator json;

  private JsonReport(RecordingReport report, JsonGenerator json) {
    this.report = report;
    this.json = json;
  }

  /**
   * Writes a report.
   *
   * @param report to write
   * @param out takes the text; not closed
   * @throws IOException if writing fails
   */
  public static void write(RecordingReport report, Writer out) throws IOException {
    try (JsonGenerator json = Json.readable(out)) {
      new JsonReport(report, json).write(false);
    }
    out.append('\n');
  }

  /** The same with the trees of stacks, so that a page needs nothing else. */
  static void writeForPage(RecordingReport report, Writer out) throws IOException {
    try (JsonGenerator json = Json.forPages(out)) {
      new JsonReport(report, json).write(true);
    }
  }

  private void write(boolean stacks) throws IOException {
    Json.begin(json, "taskscope.report");
    recording();
    array("findings", report.findings(), this::finding);
    array("unknown", report.unknowns(), this::unknown);
    ScopeJson scopes = new ScopeJson(report, json);
    scopes.write();
    array(
        "slowestTasks",
        report.scopes().stream()
            .flatMap(scope -> scope.slowest().stream())
            .sorted(Comparator.comparingLong(TaskRecord::age).reversed())
            .limit(SLOWEST)
            .toList(),
        this::task);
    array("liveTasks", report.liveTasks(), this::task);
    array("waits", report.parks(), this::wait);
    array("shutdowns", report.shutdowns(), this::phase);
    array("abandoned", report.abandoned(), this::abandoned);
    if (stacks) {
      new FlameJson(report, json).write();
    }
    json.writeEndObject();
  }

  private void recording() throws IOException {
    Coverage coverage = report.coverage();
    Environment environment = report.environment();
    json.writeObjectFieldStart("recording");
    json.writeStringField("file", String.valueOf(report.file().getFileName()));
    json.writeNumberField("bytes", coverage.bytes());
    json.writeNumberField("chunks", coverage.chunks());
    json.writeStringField("start", TextReport.time(coverage.startNanos()));
    json.writeNumberField("durationNanos", report.durationNanos());
    json.writeNumberField("events", coverage.eventCount());
    json.writeNumberField("taskscopeEvents", report.ourEvents());
    json.writeBooleanField("complete", coverage.complete());
    strings("problems", coverage.problems());
    json.writeStringField("jvm", environment.jvm());
    json.writeNumberField("pid", environment.pid());
    json.writeStringField("agent", environment.agent());
    json.writeStringField("cpuEvent", report.cpuEvent());
    json.writeObjectFieldStart("eventCounts");
    for (Map.Entry<String, Long> event : new TreeMap<>(coverage.events()).entrySet()) {
      json.writeNumberField(event.getKey(), event.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void finding(RecordingFinding finding) throws IOException {
    json.writeStringField("kind", finding.kind().label());
    json.writeStringField("severity", finding.severity().name().toLowerCase(Locale.ROOT));
    json.writeStringField("path", finding.path());
    json.writeStringField("sentence", finding.sentence());
    json.writeNumberField("count", finding.count());
    json.writeObjectFieldStart("evidence");
    for (Map.Entry<String, String> evidence : finding.evidence().entrySet()) {
      json.writeStringField(evidence.getKey(), evidence.getValue());
    }
    json.writeEndObject();
    array("tasks", finding.tasks(), this::task);
    strings("stack", finding.stack());
  }

  private void unknown(Unknown unknown) throws IOException {
    json.writeStringField("what", unknown.what());
    json.writeBooleanField("serious", unknown.serious());
    json.writeStringField("sentence", unknown.sentence());
  }

  private void task(TaskRecord task) throws IOException {
    json.writeNumberField("id", task.id());
    json.writeNumberField("parentId", task.parentId());
    json.writeStringField("path", task.path());
    json.writeStringField("name", task.name());
    json.writeStringField("outcome", task.outcome().isEmpty() ? "live" : task.outcome());
    json.writeStringField("errorClass", task.errorClass());
    json.writeNumberField("startNanos", task.startNanos() - report.coverage().startNanos());
    json.writeNumberField("ageNanos", task.age());
    json.writeNumberField("queuedNanos", task.queued());
    json.writeNumberField("runningNanos", task.running());
    json.writeNumberField("parkedNanos", task.parked());
    json.writeNumberField("steps", task.steps());
  }

  private void wait(ParkGroup group) throws IOException {
    json.writeStringField("path", group.path());
    json.writeStringField("reason", group.reason());
    json.writeStringField("blocker", group.blocker());
    json.writeNumberField("count", group.waits().count());
    json.writeNumberField("nanos", group.waits().nanos());
    json.writeNumberField("maxNanos", group.waits().max());
    json.writeNumberField("longestTask", group.longestTask());
    strings("stack", group.stack());
  }

  private void phase(ShutdownPhaseRecord phase) throws IOException {
    json.writeStringField("path", phase.path());
    json.writeStringField("phase", phase.phase());
    json.writeStringField("result", phase.result());
    json.writeNumberField("startNanos", phase.startNanos() - report.coverage().startNanos());
    json.writeNumberField("nanos", phase.nanos());
    json.writeNumberField("atStart", phase.atStart());
    json.writeNumberField("atEnd", phase.atEnd());
  }

  private void abandoned(AbandonedTask task) throws IOException {
    json.writeNumberField("id", task.id());
    json.writeStringField("path", task.path());
    json.writeStringField("name", task.name());
    json.writeNumberField("atNanos", task.atNanos() - report.coverage().startNanos());
    json.writeNumberField("ageNanos", task.age());
    json.writeBooleanField("endedLater", task.endedLater());
    strings("stack", task.stack());
  }

  private interface Item<T> {
    void write(T item) throws IOException;
  }

  private <T> void array(String name, Collection<T> items, Item<T> writer) throws IOException {
    json.writeArrayFieldStart(name);
    for (T item : items) {
      json.writeStartObject();
      writer.write(item);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void strings(String name, List<String> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
