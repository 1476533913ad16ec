// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.taskscope.console.workload.AgentRecording;
import io.taskscope.console.workload.AgentWorkload;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code report --json} says of real tasks with the real agent, whose true numbers are known:
 * counts are exact, and times within two percent.
 */
class AgentReportIT {
  private static AgentRecording recording;
  private static JsonNode report;

  @BeforeAll
  static void record() throws Exception {
    recording = AgentRecording.shared();
    report = Reports.json(recording.file());
  }

  private static JsonNode scope(String name) {
    return Reports.own(report, "/golden/" + name);
  }

  private static void assertCount(String scope, String what, long count) {
    assertThat(scope(scope).at("/" + what).asLong(-1)).as(scope + ": " + what).isEqualTo(count);
  }

  private static void assertTime(String truth, String scope, String what) {
    recording.truths().get(truth).assertHolds(scope(scope).at("/" + what).asLong(-1));
  }

  @ParameterizedTest
  @CsvSource({
    "burn, " + AgentWorkload.BURNS,
    "hogs, " + AgentWorkload.QUEUED,
    "queue, " + AgentWorkload.QUEUED,
    "read, " + AgentWorkload.READERS,
    "sleep, " + AgentWorkload.SLEEPERS,
    "wait, " + AgentWorkload.WAITERS,
    "enter, " + AgentWorkload.ENTERERS,
    "yield, 1"
  })
  void tasks_ofEachScope_allSucceeded(String scope, int tasks) {
    assertCount(scope, "started", tasks);
    assertCount(scope, "finished/success", tasks);
    assertCount(scope, "live", 0);
    assertCount(scope, "duration/count", tasks);
  }

  @Test
  void tasks_thatEndedOtherwise_areCountedByOutcome() {
    assertCount("outcomes", "finished/success", AgentWorkload.SUCCEEDED);
    assertCount("outcomes", "finished/failure", AgentWorkload.FAILED);
    assertCount("outcomes", "finished/cancelled", AgentWorkload.CANCELLED);
    assertCount("outcomes", "errors/java.lang.IllegalStateException", AgentWorkload.FAILED);
    assertCount("stubborn", "started", 1);
    assertCount("stubborn", "finished/abandoned", 1);
    assertCount("live", "live", 1);
    assertThat(report.at("/liveTasks").findValuesAsText("path")).contains("/golden/live");
  }

  /** A task that is put on its carrier once has one step, and one more for each time it left it. */
  @ParameterizedTest
  @CsvSource({
    "burn, 0, " + AgentWorkload.BURNS,
    "hogs, 0, " + AgentWorkload.QUEUED,
    "queue, 0, " + AgentWorkload.QUEUED,
    "read, "
        + AgentWorkload.READERS * AgentWorkload.READS
        + ", "
        + AgentWorkload.READERS * (AgentWorkload.READS + 1),
    "wait, " + AgentWorkload.WAITERS + ", " + 2 * AgentWorkload.WAITERS,
    "enter, " + AgentWorkload.ENTERERS + ", " + 2 * AgentWorkload.ENTERERS,
    "yield, 0, " + (AgentWorkload.YIELDS + 1)
  })
  void stepsAndParks_ofEachScope_areExact(String scope, int parks, int steps) {
    assertCount(scope, "parks", parks);
    assertCount(scope, "steps", steps);
    assertCount(scope, "recordedSteps/count", steps);
  }

  @ParameterizedTest
  @CsvSource({
    "read, park, " + AgentWorkload.READERS * AgentWorkload.READS,
    "sleep, sleep, " + AgentWorkload.SLEEPERS * AgentWorkload.SLEEPS,
    "wait, object_wait, " + AgentWorkload.WAITERS,
    "enter, monitor_enter, " + AgentWorkload.ENTERERS
  })
  void waits_ofEachReason_areExactInNumberAndWithinTwoPercentInTime(
      String scope, String reason, int waits) {
    assertCount(scope, "parkedBy/" + reason + "/count", waits);
    assertTime(scope, scope, "parkedBy/" + reason + "/nanos");
    assertTime(scope, scope, "parkedNanos");
    // Each is rounded by itself, once from ticks and once from nanoseconds.
    assertThat(scope(scope).get("parkedNotRecordedNanos").asLong()).isBetween(0L, 1_000L);
  }

  @Test
  void time_onTheCarrierAndInFrontOfIt_isWithinTwoPercent() {
    assertTime("burn", "burn", "runningNanos");
    assertTime("burn", "burn", "recordedSteps/nanos");
    assertTime("queue", "queue", "queuedNanos");
    assertCount("burn", "parkedNanos", 0);
    assertCount("queue", "parkedNanos", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"burn", "queue", "read", "sleep", "wait", "enter"})
  void durations_fromCreationToEnd_areWithinTwoPercent(String name) {
    JsonNode duration = scope(name).get("duration");
    long together = duration.get("meanNanos").asLong() * duration.get("count").asLong();
    recording.truths().get(name + ".age").assertHolds(together);
  }

  @Test
  void waits_ofReaders_haveTheStackAndWhatTheyWaitFor() {
    JsonNode reads = null;
    for (JsonNode wait : report.get("waits")) {
      if (wait.get("path").asText().equals("/golden/read")) {
        assertThat(reads).as("one group: all have the same stack").isNull();
        reads = wait;
      }
    }
    assertThat(reads).isNotNull();
    assertThat(reads.get("count").asLong()).isEqualTo(AgentWorkload.READERS * AgentWorkload.READS);
    assertThat(reads.get("blocker").asText()).isEqualTo("java.lang.Object");
    assertThat(reads.get("stack").toString())
        .contains("java.util.concurrent.locks.LockSupport.park:")
        .contains("io.taskscope.console.workload.AgentWorkload.awaitRow:");
  }

  @Test
  void shutdown_withAStubbornTask_isTold() {
    JsonNode mule = null;
    for (JsonNode task : report.get("abandoned")) {
      if (task.get("path").asText().equals("/golden/stubborn")) {
        mule = task;
      }
    }
    assertThat(mule).isNotNull();
    assertThat(mule.get("name").asText()).isEqualTo("mule");
    assertThat(report.get("shutdowns").findValuesAsText("path")).contains("/golden/stubborn");
  }

  @Test
  void recording_withTheAgent_hasNothingThatCouldNotBeMeasured() {
    assertThat(report.at("/recording/agent").asText()).isEqualTo("on");
    assertThat(report.at("/recording/complete").asBoolean()).isTrue();
    assertThat(report.at("/recording/problems")).isEmpty();
    assertThat(report.get("unknown")).isEmpty();
  }
}
