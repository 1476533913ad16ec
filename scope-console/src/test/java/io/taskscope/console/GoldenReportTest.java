// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static io.taskscope.console.workload.ScriptedRecording.HANDLERS;
import static io.taskscope.console.workload.ScriptedRecording.TIMERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskscope.Outcome;
import io.taskscope.console.analysis.RecordingFinding;
import io.taskscope.console.analysis.RecordingFinding.Kind;
import io.taskscope.console.analysis.RecordingReport;
import io.taskscope.console.analysis.ScopeTotals;
import io.taskscope.console.analysis.Tally;
import io.taskscope.console.report.JsonReport;
import io.taskscope.console.workload.ScriptedRecording;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of a recording whose true numbers are known. */
class GoldenReportTest {
  @TempDir static Path folder;

  private static RecordingReport report;
  private static long lockWaitNanos;

  @BeforeAll
  static void record() throws Exception {
    Path file = folder.resolve("scripted.jfr");
    lockWaitNanos = ScriptedRecording.write(file);
    report = RecordingReport.read(file, reader -> {});
  }

  private static ScopeTotals scope(String path) {
    return report.scopes().stream()
        .filter(scope -> scope.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void counts_scriptedTasks_areExact() {
    ScopeTotals handlers = scope(HANDLERS);
    assertThat(handlers.started()).isEqualTo(ScriptedRecording.HANDLED);
    assertThat(handlers.finished()).isEqualTo(ScriptedRecording.HANDLED);
    assertThat(handlers.finished(Outcome.Kind.FAILURE)).isEqualTo(ScriptedRecording.FAILED);
    assertThat(handlers.finished(Outcome.Kind.CANCELLED)).isEqualTo(ScriptedRecording.CANCELLED);
    assertThat(handlers.errors()).containsOnlyKeys("java.lang.IllegalStateException");
    assertThat(handlers.steps()).isEqualTo(2L * ScriptedRecording.HANDLED);
    assertThat(handlers.names().get(ScriptedRecording.EVIL).durations().count()).isEqualTo(1);
    assertThat(handlers.state()).isEqualTo("open");
    assertThat(scope(TIMERS).started()).isEqualTo(ScriptedRecording.TICKS + ScriptedRecording.LIVE);
    assertThat(scope(TIMERS).live()).isEqualTo(ScriptedRecording.LIVE - 1);
    assertThat(scope(TIMERS).finished(Outcome.Kind.ABANDONED)).isEqualTo(1);
    assertThat(report.coverage().complete()).isTrue();
  }

  @Test
  void times_scriptedSplit_areExact() {
    ScopeTotals handlers = scope(HANDLERS);
    assertThat(handlers.queued()).isEqualTo(ScriptedRecording.QUEUED * ScriptedRecording.HANDLED);
    assertThat(handlers.running()).isEqualTo(ScriptedRecording.RUNNING * ScriptedRecording.HANDLED);
    assertThat(handlers.parked()).isEqualTo(ScriptedRecording.PARKED * ScriptedRecording.HANDLED);
    assertThat(handlers.durations().quantile(0.5))
        .isCloseTo(10_000_000L, Percentage.withPercentage(2));
  }

  @Test
  void parks_realWaits_agreeWithinTwoPercent() {
    Tally parks = scope(HANDLERS).parksByReason().get("park");
    assertThat(parks.count()).isEqualTo(ScriptedRecording.LOCK_WAITS);
    assertThat(parks.nanos()).isCloseTo(lockWaitNanos, Percentage.withPercentage(2));
    assertThat(report.parks().getFirst().blocker())
        .isEqualTo("java.util.concurrent.locks.ReentrantLock");
    assertThat(report.parks().getFirst().waits().count()).isEqualTo(ScriptedRecording.LOCK_WAITS);
    assertThat(report.parks().getFirst().stack().getFirst())
        .startsWith("io.taskscope.console.workload.ScriptedRecording.park:");
    assertThat(report.parked()).containsOnlyKeys(HANDLERS);
  }

  @Test
  void jdkEvents_thrownInTasks_belongToTheirScope() {
    assertThat(scope(HANDLERS).exceptions()).isEqualTo(ScriptedRecording.EXCEPTIONS);
    assertThat(scope(TIMERS).exceptions()).isZero();
  }

  @Test
  void findings_scriptedTrouble_areFoundWorstFirst() {
    assertThat(report.findings())
        .extracting(RecordingFinding::kind)
        .contains(Kind.LEAKED, Kind.STUCK, Kind.QUARANTINED, Kind.FAILURES, Kind.LONG_QUEUE)
        .doesNotContain(Kind.NEVER_YIELDS, Kind.PINNED, Kind.INCOMPLETE);
    assertThat(report.findings())
        .isSortedAccordingTo((a, b) -> a.severity().compareTo(b.severity()));
    RecordingFinding failures = finding(Kind.FAILURES);
    assertThat(failures.count()).isEqualTo(ScriptedRecording.FAILED);
    assertThat(failures.sentence())
        .isEqualTo(
            "20 of 200 tasks in /web/app-a/handlers failed with java.lang.IllegalStateException.");
    assertThat(failures.evidence()).containsEntry("share", "10 %");
    assertThat(finding(Kind.QUARANTINED).count()).isEqualTo(3);
    assertThat(finding(Kind.LEAKED).stack())
        .containsExactly("com.example.Import.spin(Import.java:42)");
  }

  private static RecordingFinding finding(Kind kind) {
    return report.findings().stream()
        .filter(finding -> finding.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void json_report_isValidAndSaysTheSame() throws IOException {
    StringWriter text = new StringWriter();
    JsonReport.write(report, text);
    JsonNode json = new ObjectMapper().readTree(text.toString());
    assertThat(json.get("schema").asText()).isEqualTo("taskscope.report");
    assertThat(json.get("version").asInt()).isEqualTo(1);
    JsonNode web = json.get("scopes").get(0);
    assertThat(web.get("path").asText()).isEqualTo("/web");
    assertThat(web.get("subtree").get("finished").asLong())
        .isEqualTo(ScriptedRecording.HANDLED + ScriptedRecording.TICKS + 1);
    assertThat(json.get("findings").get(0).get("severity").asText()).isEqualTo("error");
    assertThat(json.get("liveTasks")).hasSize(ScriptedRecording.LIVE - 1);
    assertThat(json.get("recording").get("durationNanos").asDouble() / 1e9)
        .isCloseTo(report.durationNanos() / 1e9, within(1e-6));
  }
}
