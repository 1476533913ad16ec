// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.taskscope.ShutdownPhase;
import io.taskscope.ShutdownReport;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

class ShutdownEventTest extends JfrTestBase {

  @Test
  void shutdown_withAStubbornTask_hasEveryPhaseInnermostScopesFirst() throws Exception {
    TaskScope web = root("stop");
    TaskScope app = web.child("app");
    TaskScope handlers =
        app.child(
            "handlers",
            o -> o.drainTimeout(Duration.ofMillis(30)).cancelTimeout(Duration.ofMillis(20)));
    app.own("pool", () -> {});
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    try (TestRecording recording = TestRecording.of(SHUTDOWN)) {
      handlers.spawn(
          "mule",
          () -> {
            begun.countDown();
            awaitStubbornly(end);
          });
      begun.await();
      ShutdownReport report = web.shutdown(Duration.ofSeconds(10));

      List<RecordedEvent> events = recording.stop(SHUTDOWN, "/stop");
      assertThat(events)
          .extracting(
              e -> e.getString("scopePath"),
              e -> e.getString("phase"),
              e -> e.getString("result"),
              e -> e.getLong("atStart"),
              e -> e.getLong("atEnd"))
          .containsSubsequence(
              tuple("/stop/app/handlers", "drain", "cancelled", 1L, 1L),
              tuple("/stop/app/handlers", "cancel", "abandoned", 1L, 1L),
              tuple("/stop/app", "resources", "clean", 1L, 0L));
      assertThat(events.get(0).getDuration("phaseDuration"))
          .isGreaterThanOrEqualTo(Duration.ofMillis(30));
      assertThat(events.get(1).getDuration("phaseDuration"))
          .isGreaterThanOrEqualTo(Duration.ofMillis(20));
      assertThat(events).allSatisfy(e -> assertThat(e.getDuration()).isPositive());
      assertThat(events.get(1).getStartTime()).isAfterOrEqualTo(events.get(0).getEndTime());
      assertThat(events)
          .extracting(
              e ->
                  e.getString("scopePath")
                      + " "
                      + e.getString("phase")
                      + " "
                      + e.getDuration("phaseDuration"))
          .containsExactlyElementsOf(phases(report));
    }
  }

  @Test
  void recording_begunDuringAPhase_hasThePhaseWithoutDuration() throws Exception {
    TaskScope scope = root("mid");
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    CountDownLatch draining = latch();
    scope
        .child(
            "inner",
            o ->
                o.hook(
                    new TaskHook() {
                      @Override
                      public void phaseStarted(TaskScope ended, ShutdownPhase phase) {
                        draining.countDown();
                      }
                    }))
        .spawn(
            "worker",
            () -> {
              begun.countDown();
              awaitStubbornly(end);
            });
    begun.await();
    Thread shutdown = Thread.ofVirtual().start(() -> scope.shutdown(Duration.ofSeconds(10)));
    draining.await();
    try (TestRecording recording = TestRecording.of(SHUTDOWN)) {
      end.countDown();
      shutdown.join();

      List<RecordedEvent> events = recording.stop(SHUTDOWN, "/mid/inner");
      assertThat(events).hasSize(1);
      RecordedEvent event = events.getFirst();
      assertThat(event.getString("phase")).isEqualTo("drain");
      assertThat(event.getString("result")).isEqualTo("clean");
      assertThat(event.getLong("atStart")).isEqualTo(1);
      assertThat(event.getLong("atEnd")).isZero();
      assertThat(event.getDuration("phaseDuration")).isPositive();
      assertThat(event.getDuration()).isZero();
    }
  }

  @Test
  void event_disabled_isNotWritten() {
    TaskScope scope = root("silent");
    scope.own("pool", () -> {});
    try (TestRecording recording = TestRecording.of(JfrEventName.SCOPE)) {
      scope.shutdown(Duration.ofSeconds(5));

      assertThat(recording.stop(JfrEventName.SCOPE, "/silent")).hasSize(1);
      assertThat(TestRecording.read(recording.stop(), SHUTDOWN, "/silent")).isEmpty();
    }
  }

  private static List<String> phases(ShutdownReport report) {
    return report.all().stream()
        .flatMap(
            r ->
                r.phases().stream()
                    .map(p -> r.path() + " " + p.phase().label() + " " + p.duration()))
        .toList();
  }
}
