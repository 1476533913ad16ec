// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.taskscope.Outcome;
import io.taskscope.console.analysis.Histogram;
import io.taskscope.console.analysis.NameTotals;
import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.analysis.ScopeTotals;
import io.taskscope.console.analysis.Tally;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The scopes of a report as JSON. */
final class ScopeJson {
  private final RecordingReport report;
  private final JsonGenerator json;

  ScopeJson(RecordingReport report, JsonGenerator json) {
    this.report = report;
    this.json = json;
  }

  void write() throws IOException {
    json.writeArrayFieldStart("scopes");
    for (ScopeTree.Row row : ScopeTree.rows(report)) {
      json.writeStartObject();
      json.writeStringField("path", row.path());
      json.writeStringField("parent", ScopeTree.parent(row.path()));
      json.writeStringField("name", row.name());
      json.writeNumberField("depth", row.depth());
      subtree(row.below());
      ScopeTotals own = row.own();
      if (own != null) {
        json.writeObjectFieldStart("own");
        totals(own);
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("noTask");
    resources(report.noTask());
    json.writeEndObject();
  }

  private void subtree(ScopeTree.Sums sums) throws IOException {
    json.writeObjectFieldStart("subtree");
    json.writeNumberField("finished", sums.finished);
    json.writeNumberField("failed", sums.failed);
    json.writeNumberField("live", sums.live);
    json.writeNumberField("queuedNanos", sums.queued);
    json.writeNumberField("runningNanos", sums.running);
    json.writeNumberField("parkedNanos", sums.parked);
    json.writeNumberField("cpuSamples", sums.cpuSamples);
    json.writeNumberField("allocatedBytes", sums.allocatedBytes);
    json.writeEndObject();
  }

  private void totals(ScopeTotals scope) throws IOException {
    json.writeStringField("state", scope.state());
    json.writeNumberField("started", scope.started());
    json.writeNumberField("live", scope.live());
    json.writeObjectFieldStart("finished");
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      json.writeNumberField(kind.label(), scope.finished(kind));
    }
    json.writeEndObject();
    json.writeNumberField("queuedNanos", scope.queued());
    json.writeNumberField("runningNanos", scope.running());
    json.writeNumberField("parkedNanos", scope.parked());
    json.writeNumberField("parkedNotRecordedNanos", scope.parkedUnrecorded());
    json.writeNumberField("steps", scope.steps());
    json.writeNumberField("parks", scope.parks());
    durations("duration", scope.durations());
    json.writeObjectFieldStart("parkedBy");
    for (Map.Entry<String, Tally> reason : scope.parksByReason().entrySet()) {
      tally(reason.getKey(), reason.getValue());
    }
    json.writeEndObject();
    tally("recordedSteps", scope.recordedSteps());
    tally("slowSteps", scope.slowSteps());
    resources(scope);
    json.writeObjectFieldStart("errors");
    for (Map.Entry<String, Tally> error : scope.errors().entrySet()) {
      json.writeNumberField(error.getKey(), error.getValue().count());
    }
    json.writeEndObject();
    names(scope);
    json.writeArrayFieldStart("liveSeries");
    for (double live : scope.occupancy()) {
      json.writeNumber(Math.round(live * 100) / 100.0);
    }
    json.writeEndArray();
  }

  private void names(ScopeTotals scope) throws IOException {
    List<NameTotals> names =
        scope.names().values().stream()
            .sorted(Comparator.comparingLong((NameTotals n) -> n.durations().sum()).reversed())
            .toList();
    json.writeArrayFieldStart("tasks");
    for (NameTotals name : names) {
      json.writeStartObject();
      json.writeStringField("name", name.name());
      json.writeNumberField("failures", name.failures());
      json.writeNumberField("queuedNanos", name.queued());
      json.writeNumberField("runningNanos", name.running());
      json.writeNumberField("parkedNanos", name.parked());
      durations("duration", name.durations());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void resources(ScopeTotals scope) throws IOException {
    json.writeNumberField("cpuSamples", scope.cpuSamples());
    json.writeNumberField("allocatedBytes", scope.allocatedBytes());
    json.writeNumberField("thrown", scope.exceptions());
    tally("locks", scope.locks());
    tally("sockets", scope.sockets());
    tally("files", scope.files());
    tally("pinned", scope.pinned());
  }

  private void durations(String name, Histogram durations) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("count", durations.count());
    json.writeNumberField("meanNanos", durations.mean());
    json.writeNumberField("p50Nanos", durations.quantile(0.5));
    json.writeNumberField("p90Nanos", durations.quantile(0.9));
    json.writeNumberField("p99Nanos", durations.quantile(0.99));
    json.writeNumberField("maxNanos", durations.max());
    json.writeEndObject();
  }

  private void tally(String name, Tally tally) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("count", tally.count());
    json.writeNumberField("nanos", tally.nanos());
    json.writeNumberField("maxNanos", tally.max());
    json.writeNumberField("bytes", tally.bytes());
    json.writeEndObject();
  }
}
