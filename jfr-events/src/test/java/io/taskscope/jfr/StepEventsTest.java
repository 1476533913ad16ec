// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.STATUS;
import static io.taskscope.jfr.JfrEventName.TASK_MONITOR_WAIT;
import static io.taskscope.jfr.JfrEventName.TASK_PARK;
import static io.taskscope.jfr.JfrEventName.TASK_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ParkReason;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.StepHook;
import io.taskscope.hook.TelemetryDrops;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plays the agent: calls the step hook as its contract says. */
class StepEventsTest extends JfrTestBase {
  private static final long MILLI = 1_000_000;

  private final StepHook hook = new JfrHook();

  @ParameterizedTest
  @EnumSource(names = {"PARK", "TIMED_PARK", "SLEEP"})
  void park_onTheThreadOfTheTask_hasTimesAndTheStackOfWhoWaited(ParkReason reason) {
    TaskScope scope = root("park").child("handlers");
    try (TestRecording recording = TestRecording.of(TASK_PARK)) {
      Task<?> task = scope.call("wait", () -> parkAndGet(reason));

      RecordedEvent event = only(recording.stop(TASK_PARK, "/park"));
      assertThat(event.getLong("taskId")).isEqualTo(task.id());
      assertThat(event.getString("scopePath")).isEqualTo("/park/handlers");
      assertThat(event.getString("reason")).isEqualTo(reason.label());
      assertThat(event.getLong("queued")).isEqualTo(2 * MILLI);
      assertThat(event.getClass("blocker")).isNull();
      assertMillis(event.getDuration(), 30);
      assertThat(event.getThread().getJavaThreadId()).isEqualTo(Thread.currentThread().threadId());
      assertThat(methods(event)).contains("parkAndGet");
    }
  }

  private Task<?> parkAndGet(ParkReason reason) {
    Task<?> task = Task.current().orElseThrow();
    hook.stepStarted(task, 7);
    hook.stepEnded(task, 5, reason);
    hook.stepStarted(task, 2 * MILLI);
    hook.parkEnded(task, 30 * MILLI, reason);
    return task;
  }

  @Test
  void park_withABlocker_hasItsClass() {
    TaskScope scope = root("blocker");
    try (TestRecording recording = TestRecording.of(TASK_PARK)) {
      scope.call(
          "wait",
          () -> {
            LockSupport.setCurrentBlocker(this);
            try {
              parkAndGet(ParkReason.PARK);
              parkAndGet(ParkReason.SLEEP); // is not what it slept for
            } finally {
              LockSupport.setCurrentBlocker(null);
            }
          });

      List<RecordedEvent> events = recording.stop(TASK_PARK, "/blocker");
      assertThat(events).hasSize(2);
      assertThat(of(events, "park").getClass("blocker").getName())
          .isEqualTo(StepEventsTest.class.getName());
      assertThat(of(events, "sleep").getClass("blocker")).isNull();
    }
  }

  @Test
  void park_endsWhenTheTaskBecameRunnable_notWhenItRanAgain() {
    TaskScope scope = root("end");
    try (TestRecording recording = TestRecording.of(TASK_PARK, JfrEventName.TASK_START)) {
      scope.call(
          "wait",
          () -> {
            Task<?> task = Task.current().orElseThrow();
            hook.stepStarted(task, 0);
            hook.stepEnded(task, 5, ParkReason.PARK);
            hook.stepStarted(task, Duration.ofHours(1).toNanos());
            hook.parkEnded(task, Duration.ofMinutes(1).toNanos(), ParkReason.PARK);
          });

      RecordedEvent park = only(recording.stop(TASK_PARK, "/end"));
      RecordedEvent start =
          only(TestRecording.read(recording.stop(), JfrEventName.TASK_START, "/end"));
      Duration before = Duration.between(park.getEndTime(), start.getStartTime());
      assertThat(before).isBetween(Duration.ofMinutes(58), Duration.ofMinutes(61));
      assertThat(park.getDuration()).isBetween(Duration.ofSeconds(59), Duration.ofSeconds(61));
    }
  }

  @Test
  void park_pinnedOrWithoutSteps_wasNotQueued() {
    TaskScope scope = root("pinned");
    try (TestRecording recording = TestRecording.of(TASK_PARK)) {
      scope.call(
          "wait",
          () -> {
            Task<?> task = Task.current().orElseThrow();
            hook.parkEnded(task, 20 * MILLI, ParkReason.PARK); // a platform thread has no steps
            hook.stepStarted(task, 3 * MILLI); // its first: no park before
            hook.parkEnded(task, 20 * MILLI, ParkReason.PINNED);
            hook.parkEnded(task, 20 * MILLI, ParkReason.SLEEP);
          });

      assertThat(recording.stop(TASK_PARK, "/pinned"))
          .hasSize(3)
          .allSatisfy(event -> assertThat(event.getLong("queued")).isZero())
          .allSatisfy(event -> assertMillis(event.getDuration(), 20));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MONITOR_ENTER", "OBJECT_WAIT"})
  void monitorWait_inTheMiddleOfASwitch_hasTimesAndNoStack(ParkReason reason) throws Exception {
    TaskScope scope = root("monitor");
    Task<?> task = scope.call("wait", () -> Task.current().orElseThrow());
    try (TestRecording recording = TestRecording.of(TASK_MONITOR_WAIT, TASK_PARK, STATUS)) {
      onACarrier(
          () -> {
            hook.stepStarted(task, 7);
            hook.stepEnded(task, 5, reason);
            hook.stepStarted(task, 2 * MILLI);
            hook.parkEnded(task, 30 * MILLI, reason);
          });

      RecordedEvent event = only(recording.stop(TASK_MONITOR_WAIT, "/monitor"));
      assertThat(event.getLong("taskId")).isEqualTo(task.id());
      assertThat(event.getString("reason")).isEqualTo(reason.label());
      assertThat(event.getLong("queued")).isEqualTo(2 * MILLI);
      assertMillis(event.getDuration(), 30);
      assertThat(event.getStackTrace()).isNull();
      assertThat(TestRecording.read(recording.stop(), TASK_PARK, "/monitor")).isEmpty();
    }
  }

  @Test
  void step_eachOne_hasNumberTimesAndReason() throws Exception {
    TaskScope scope = root("steps");
    Task<?> task = scope.call("walk", () -> Task.current().orElseThrow());
    try (TestRecording recording = TestRecording.of(TASK_STEP, STATUS)) {
      onACarrier(
          () -> {
            hook.stepStarted(task, 11);
            hook.stepEnded(task, 10 * MILLI, ParkReason.YIELD);
            hook.stepStarted(task, 22);
            hook.stepEnded(task, 20 * MILLI, ParkReason.MONITOR_ENTER);
            hook.stepStarted(task, 33);
            hook.stepEnded(task, 30 * MILLI, null);
          });

      List<RecordedEvent> events = recording.stop(TASK_STEP, "/steps");
      assertThat(events).hasSize(3);
      assertThat(events).extracting(e -> e.getLong("step")).containsExactly(1L, 2L, 3L);
      assertThat(events).extracting(e -> e.getLong("queued")).containsExactly(11L, 22L, 33L);
      assertThat(events)
          .extracting(e -> e.getString("reason"))
          .containsExactly("yield", "monitor_enter", "end");
      assertThat(events).allSatisfy(e -> assertThat(e.getLong("taskId")).isEqualTo(task.id()));
      for (int i = 0; i < 3; i++) {
        assertMillis(events.get(i).getDuration(), 10L * (i + 1));
      }
    }
  }

  @Test
  void steps_upToTheVeryEndOfTheRecording_areAllInIt() throws Exception {
    TaskScope scope = root("last");
    Task<?> task = scope.call("walk", () -> Task.current().orElseThrow());
    int steps = 5_000; // fewer than wait for their commit at most
    try (TestRecording recording = TestRecording.of(TASK_STEP, TASK_MONITOR_WAIT, STATUS)) {
      long dropped = dropped();
      onACarrier(
          () -> {
            for (int i = 0; i < steps; i++) {
              hook.stepStarted(task, i);
              hook.stepEnded(task, 10, ParkReason.OBJECT_WAIT);
            }
          });

      assertThat(recording.stop(TASK_STEP, "/last")).hasSize(steps);
      assertThat(dropped()).isEqualTo(dropped);
    }
  }

  @Test
  void yield_isNoPark() {
    TaskScope scope = root("yield");
    try (TestRecording recording = TestRecording.of(TASK_PARK, TASK_MONITOR_WAIT)) {
      scope.call("busy", () -> parkAndGet(ParkReason.YIELD));

      assertThat(recording.stop(TASK_PARK, "/yield")).isEmpty();
      assertThat(TestRecording.read(recording.stop(), TASK_MONITOR_WAIT, "/yield")).isEmpty();
    }
  }

  @Test
  void threshold_changedOnTheFly_holdsFromThenOn() {
    TaskScope scope = root("fly");
    try (TestRecording recording =
        TestRecording.with(
            Map.of(
                "taskscope.TaskPark#enabled", "true", "taskscope.TaskPark#threshold", "25 ms"))) {
      scope.call("before", () -> parkAndGet(ParkReason.PARK)); // 30 ms
      recording.set("taskscope.TaskPark#threshold", "40 ms");
      scope.call("after", () -> parkAndGet(ParkReason.PARK));

      assertThat(recording.stop(TASK_PARK, "/fly")).hasSize(1);
    }
  }

  @Test
  void throttle_changedOnTheFly_holdsFromThenOn() throws Exception {
    TaskScope scope = root("throttle");
    Task<?> task = scope.call("walk", () -> Task.current().orElseThrow());
    try (TestRecording recording =
        TestRecording.with(
            Map.of("taskscope.TaskStep#enabled", "true", "taskscope.TaskStep#throttle", "off"))) {
      Runnable step =
          () -> {
            hook.stepStarted(task, 0);
            hook.stepEnded(task, 10, null);
          };
      onACarrier(step);
      recording.set("taskscope.TaskStep#throttle", "0/s");
      onACarrier(step);

      assertThat(recording.stop(TASK_STEP, "/throttle")).hasSize(1);
    }
  }

  @Test
  void offer_moreThanFits_isCountedAndTheRestIsKept() {
    DeferredEvents events = new DeferredEvents();
    int accepted = 0;
    for (int i = 0; i < DeferredEvents.CAPACITY + 5; i++) {
      accepted += events.offer(new TaskStepEvent()) ? 1 : 0;
    }

    assertThat(accepted).isEqualTo(DeferredEvents.CAPACITY);
    assertThat(events.dropped()).isEqualTo(5);
    assertThat(events.drain()).isEqualTo(DeferredEvents.CAPACITY);
    assertThat(events.offer(new TaskStepEvent())).isTrue();
  }

  @Test
  void offer_byManyThreadsWhileOneDrains_losesNothingUncounted() throws Exception {
    DeferredEvents events = new DeferredEvents();
    int threads = 4;
    int each = 200_000;
    List<Thread> writers =
        IntStream.range(0, threads)
            .mapToObj(
                i ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              TaskStepEvent event = new TaskStepEvent();
                              for (int n = 0; n < each; n++) {
                                events.offer(event);
                              }
                            }))
            .toList();
    long drained = 0;
    while (writers.stream().anyMatch(Thread::isAlive)) {
      drained += events.drain();
    }
    for (Thread writer : writers) {
      writer.join();
    }
    drained += events.drain();

    assertThat(drained + events.dropped()).isEqualTo((long) threads * each);
    assertThat(drained).isPositive();
  }

  private static long dropped() {
    return TelemetryDrops.counts().get(TelemetryDrops.Signal.JFR).get(JfrEvents.TOO_FAST);
  }

  private static void onACarrier(Runnable steps) throws InterruptedException {
    Thread carrier = Thread.ofPlatform().start(steps);
    carrier.join();
  }

  private static List<String> methods(RecordedEvent event) {
    return event.getStackTrace().getFrames().stream()
        .map(RecordedFrame::getMethod)
        .map(method -> method.getName())
        .toList();
  }

  private static void assertMillis(Duration actual, long millis) {
    // The thread may lose its processor between two readings of the clock: longer, never shorter.
    assertThat(actual.toNanos()).isBetween(millis * MILLI * 98 / 100, (millis + 50) * MILLI);
  }

  private static RecordedEvent of(List<RecordedEvent> events, String reason) {
    return only(events.stream().filter(e -> e.getString("reason").equals(reason)).toList());
  }

  private static RecordedEvent only(List<RecordedEvent> events) {
    assertThat(events).hasSize(1);
    return events.getFirst();
  }
}
