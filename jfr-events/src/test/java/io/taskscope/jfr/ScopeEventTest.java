// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.SCOPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import io.taskscope.Decision;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ScopeEventTest extends JfrTestBase {
  private static final Map<String, String> AT_THE_END =
      Map.of("taskscope.Scope#enabled", "true", "taskscope.Scope#period", "endChunk");

  @Test
  void scope_closed_isWrittenWithItsFinalCounts() throws Exception {
    TaskScope root = root("closing");
    TaskScope scope = root.child("work", o -> o.onFailure((task, error) -> Decision.HANDLED));
    CountDownLatch never = latch();
    try (TestRecording recording = TestRecording.of(SCOPE)) {
      oneOfEach(scope, never);
      long id = scope.id();
      root.shutdown(Duration.ofSeconds(5));

      List<RecordedEvent> events = recording.stop(SCOPE, "/closing");
      assertThat(events)
          .extracting(e -> e.getString("scopePath"))
          .containsExactly("/closing/work", "/closing");
      RecordedEvent work = events.get(0);
      assertThat(work.getLong("scopeId")).isEqualTo(id);
      assertThat(work.getLong("parentId")).isEqualTo(root.id());
      assertThat(work.getString("state")).isEqualTo("closed");
      assertThat(counts(work)).isEqualTo(tuple(0L, 4L, 2L, 1L, 1L, 0L));
      RecordedEvent top = events.get(1);
      assertThat(top.getLong("scopeId")).isEqualTo(root.id());
      assertThat(top.getLong("parentId")).isZero();
      assertThat(counts(top)).isEqualTo(tuple(0L, 0L, 0L, 0L, 0L, 0L));
    }
  }

  @Test
  void period_endOfChunk_writesEveryOpenScopeOnceWithItsCounts() throws Exception {
    TaskScope root = root("periodic");
    TaskScope scope = root.child("work", o -> o.onFailure((task, error) -> Decision.HANDLED));
    CountDownLatch never = latch();
    CountDownLatch begun = latch();
    oneOfEach(scope, never);
    scope.spawn(
        "live",
        () -> {
          begun.countDown();
          never.await();
        });
    begun.await();
    try (TestRecording recording = TestRecording.with(AT_THE_END)) {
      List<RecordedEvent> events = recording.stop(SCOPE, "/periodic");

      assertThat(events)
          .extracting(e -> e.getString("scopePath"), e -> e.getString("state"))
          .containsExactly(tuple("/periodic", "open"), tuple("/periodic/work", "open"));
      assertThat(counts(events.get(1))).isEqualTo(tuple(1L, 5L, 2L, 1L, 1L, 0L));
    }
  }

  @Test
  void block_inATask_isWrittenWhenItIsLeft() throws Exception {
    TaskScope root = root("blocks");
    try (TestRecording recording = TestRecording.of(SCOPE)) {
      root.call(
          "request",
          () -> {
            try (TaskScope block = TaskScope.open("checkout")) {
              block.spawn("price", () -> {});
              block.join();
            }
          });

      List<RecordedEvent> events = recording.stop(SCOPE, "/blocks/checkout");
      assertThat(events).hasSize(1);
      assertThat(events.getFirst().getString("state")).isEqualTo("closed");
      assertThat(counts(events.getFirst())).isEqualTo(tuple(0L, 1L, 1L, 0L, 0L, 0L));
    }
  }

  @Test
  @Timeout(60)
  void period_inMilliseconds_writesAgainAndAgain() throws Exception {
    TaskScope scope = root("ticking");
    CountDownLatch seen = new CountDownLatch(3);
    try (RecordingStream stream = new RecordingStream()) {
      stream.enable(SCOPE.eventName()).withPeriod(Duration.ofMillis(20));
      stream.onEvent(
          SCOPE.eventName(),
          event -> {
            if (event.getLong("scopeId") == scope.id()) {
              seen.countDown();
            }
          });
      stream.startAsync();

      assertThat(seen.await(50, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void event_disabled_isNotWritten() {
    TaskScope scope = root("hidden");
    try (TestRecording recording = TestRecording.of(JfrEventName.TASK)) {
      scope.call("work", () -> {});
      scope.shutdown(Duration.ofSeconds(5));

      assertThat(recording.stop(JfrEventName.TASK, "/hidden")).hasSize(1);
      assertThat(TestRecording.read(recording.stop(), SCOPE, "/hidden")).isEmpty();
    }
  }

  /** Two successes, one failure and one cancellation. */
  private static void oneOfEach(TaskScope scope, CountDownLatch never) throws Exception {
    scope.call("fine", () -> {});
    Task<String> spawned = scope.spawn("fine", () -> "yes");
    spawned.get();
    Throwable thrown =
        catchThrowable(
            () ->
                scope.call(
                    "broken",
                    () -> {
                      throw new IllegalStateException("broken");
                    }));
    assertThat(thrown).isInstanceOf(IllegalStateException.class);
    Task<Void> cancelled = scope.spawn("cancelled", () -> never.await());
    cancelled.cancel("enough");
    scope.join();
  }

  private static Tuple counts(RecordedEvent event) {
    long live = event.getLong("live");
    long started = event.getLong("started");
    long success = event.getLong("success");
    long failure = event.getLong("failure");
    long cancelled = event.getLong("cancelled");
    long abandoned = event.getLong("abandoned");
    assertThat(started).isEqualTo(live + success + failure + cancelled + abandoned);
    return tuple(live, started, success, failure, cancelled, abandoned);
  }
}
