// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.TASK;
import static io.taskscope.jfr.JfrEventName.TASK_START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import io.taskscope.hook.TraceContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import org.junit.jupiter.api.Test;

class TaskEventTest extends JfrTestBase {

  @Test
  void task_spawnedAndSuccessful_hasEveryField() throws Exception {
    TaskScope scope = root("ok").child("handlers");
    try (TestRecording recording = TestRecording.of(TASK)) {
      Task<String> task =
          scope.spawn(
              "GET /users/{id}",
              () -> {
                Thread.sleep(Duration.ofMillis(5)); // so that there is a duration to check
                return "seven";
              });
      task.get();
      scope.join();

      RecordedEvent event = only(recording.stop(TASK, "/ok"));
      assertThat(event.getLong("taskId")).isEqualTo(task.id());
      assertThat(event.getLong("parentTaskId")).isZero();
      assertThat(event.getString("scopePath")).isEqualTo("/ok/handlers");
      assertThat(event.getString("name")).isEqualTo("GET /users/{id}");
      assertThat(event.getString("origin")).isEqualTo("spawned");
      assertThat(event.getString("outcome")).isEqualTo("success");
      assertThat(event.getClass("errorClass")).isNull();
      assertThat(event.getDuration("running")).isEqualTo(task.times().running());
      assertThat(event.getDuration("queued")).isEqualTo(task.times().queued());
      assertThat(event.getDuration("parked")).isEqualTo(task.times().parked());
      assertThat(event.getLong("steps")).isEqualTo(task.times().steps());
      assertThat(event.getLong("traceIdHigh")).isZero();
      assertThat(event.getLong("traceIdLow")).isZero();
      assertThat(event.getLong("spanId")).isZero();
      assertThat(event.getDuration())
          .isBetween(Duration.ofMillis(5), task.times().age().plusMillis(20));
      assertThat(event.getThread().isVirtual()).isTrue();
      assertThat(event.getStackTrace()).isNull();
    }
  }

  @Test
  void task_calledInsideAnother_tellsParentAndThreadAndNests() throws Exception {
    TaskScope scope = root("nested");
    try (TestRecording recording = TestRecording.of(TASK)) {
      scope.call("outer", () -> scope.call("inner", () -> {}));

      List<RecordedEvent> events = recording.stop(TASK, "/nested");
      assertThat(events).extracting(e -> e.getString("name")).containsExactly("inner", "outer");
      RecordedEvent inner = events.get(0);
      RecordedEvent outer = events.get(1);
      assertThat(inner.getLong("parentTaskId")).isEqualTo(outer.getLong("taskId")).isPositive();
      assertThat(inner.getString("origin")).isEqualTo("called");
      assertThat(inner.getStartTime()).isAfterOrEqualTo(outer.getStartTime());
      assertThat(inner.getEndTime()).isBeforeOrEqualTo(outer.getEndTime());
      assertThat(events)
          .extracting(RecordedEvent::getThread)
          .extracting(RecordedThread::getJavaThreadId)
          .containsOnly(Thread.currentThread().threadId());
    }
  }

  @Test
  void task_failed_hasClassOfError() throws Exception {
    TaskScope scope = root("failed");
    try (TestRecording recording = TestRecording.of(TASK)) {
      Throwable thrown =
          catchThrowable(
              () ->
                  scope.call(
                      "read",
                      () -> {
                        throw new IOException("gone");
                      }));

      assertThat(thrown).isInstanceOf(IOException.class);
      RecordedEvent event = only(recording.stop(TASK, "/failed"));
      assertThat(event.getString("outcome")).isEqualTo("failure");
      assertThat(event.getClass("errorClass").getName()).isEqualTo("java.io.IOException");
    }
  }

  @Test
  void task_cancelledWhileItRuns_hasOutcomeCancelledAndNoError() throws Exception {
    TaskScope scope = root("cancelled");
    CountDownLatch begun = latch();
    CountDownLatch never = latch();
    try (TestRecording recording = TestRecording.of(TASK)) {
      Task<Void> task =
          scope.spawn(
              "wait",
              () -> {
                begun.countDown();
                never.await();
              });
      begun.await();
      task.cancel("enough");
      scope.join();

      RecordedEvent event = only(recording.stop(TASK, "/cancelled"));
      assertThat(event.getString("outcome")).isEqualTo("cancelled");
      assertThat(event.getClass("errorClass")).isNull();
      assertThat(event.getDuration()).isPositive();
    }
  }

  @Test
  void task_cancelledBeforeItBegan_isAnInstantAndHasNoStart() throws Exception {
    TaskHook canceller =
        new TaskHook() {
          @Override
          public void taskCreated(Task<?> task) {
            task.cancel("not today");
          }
        };
    TaskScope scope = root("unbegun", o -> o.hook(canceller));
    try (TestRecording recording = TestRecording.of(TASK, TASK_START)) {
      Task<Void> task = scope.spawn("never", () -> {});
      scope.join();

      assertThat(task.hasStarted()).isFalse();
      RecordedEvent event = only(recording.stop(TASK, "/unbegun"));
      assertThat(event.getLong("taskId")).isEqualTo(task.id());
      assertThat(event.getString("outcome")).isEqualTo("cancelled");
      assertThat(event.getDuration()).isZero();
      assertThat(event.getDuration("running")).isZero();
      assertThat(TestRecording.read(recording.stop(), TASK_START, "/unbegun")).isEmpty();
    }
  }

  @Test
  void task_withTraceContext_hasTheIdsOfItsSpan() throws Exception {
    TaskHook tracer =
        new TaskHook() {
          @Override
          public void taskStarted(Task<?> task) {
            task.attach(TraceContext.KEY, TraceContext.of(-1, 2, 3, true));
          }
        };
    TaskScope scope = root("traced", o -> o.hook(tracer));
    try (TestRecording recording = TestRecording.of(TASK)) {
      scope.call("traced", () -> {});

      RecordedEvent event = only(recording.stop(TASK, "/traced"));
      assertThat(event.getLong("traceIdHigh")).isEqualTo(-1);
      assertThat(event.getLong("traceIdLow")).isEqualTo(2);
      assertThat(event.getLong("spanId")).isEqualTo(3);
    }
  }

  @Test
  void taskStart_ofSpawnedAndCalledTask_hasEveryField() throws Exception {
    TaskScope scope = root("start").child("app");
    try (TestRecording recording = TestRecording.of(TASK_START)) {
      AtomicReference<Task<?>> outer = new AtomicReference<>();
      AtomicReference<Task<?>> inner = new AtomicReference<>();
      scope.call(
          "outer",
          () -> {
            outer.set(Task.current().orElseThrow());
            inner.set(scope.spawn("inner", () -> {}));
            inner.get().get();
          });
      scope.join();

      List<RecordedEvent> events = recording.stop(TASK_START, "/start");
      assertThat(events).hasSize(2);
      RecordedEvent called = named(events, "outer");
      assertThat(called.getLong("taskId")).isEqualTo(outer.get().id());
      assertThat(called.getLong("parentTaskId")).isZero();
      assertThat(called.getString("scopePath")).isEqualTo("/start/app");
      assertThat(called.getString("origin")).isEqualTo("called");
      assertThat(called.getThread().getJavaThreadId()).isEqualTo(Thread.currentThread().threadId());
      RecordedEvent spawned = named(events, "inner");
      assertThat(spawned.getLong("taskId")).isEqualTo(inner.get().id());
      assertThat(spawned.getLong("parentTaskId")).isEqualTo(outer.get().id());
      assertThat(spawned.getString("origin")).isEqualTo("spawned");
      assertThat(spawned.getThread().isVirtual()).isTrue();
      assertThat(spawned.getDuration()).isZero();
    }
  }

  @Test
  void recording_begunAfterTheTask_hasItsEndWithoutDurationButWithItsTimes() throws Exception {
    TaskScope scope = root("late");
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    Task<Void> task =
        scope.spawn(
            "long",
            () -> {
              begun.countDown();
              end.await();
            });
    begun.await();
    try (TestRecording recording = TestRecording.of(TASK, TASK_START)) {
      end.countDown();
      scope.join();

      RecordedEvent event = only(recording.stop(TASK, "/late"));
      assertThat(event.getLong("taskId")).isEqualTo(task.id());
      assertThat(event.getString("outcome")).isEqualTo("success");
      assertThat(event.getDuration()).isZero();
      assertThat(event.getDuration("running")).isEqualTo(task.times().running()).isPositive();
      assertThat(TestRecording.read(recording.stop(), TASK_START, "/late")).isEmpty();
    }
  }

  @Test
  void recording_endedBeforeTheTask_hasItsStartOnly() throws Exception {
    TaskScope scope = root("open-end");
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    try (TestRecording recording = TestRecording.of(TASK, TASK_START)) {
      Task<Void> task =
          scope.spawn(
              "long",
              () -> {
                begun.countDown();
                end.await();
              });
      begun.await();
      List<RecordedEvent> starts = recording.stop(TASK_START, "/open-end");
      end.countDown();
      scope.join();

      assertThat(only(starts).getLong("taskId")).isEqualTo(task.id());
      assertThat(TestRecording.read(recording.stop(), TASK, "/open-end")).isEmpty();
      assertThat(task.attachment(JfrHook.EVENT)).isNull();
    }
  }

  @Test
  void recording_begunWhileAnEarlierOneSawTheStart_hasTheWholeDuration() throws Exception {
    TaskScope scope = root("two");
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    try (TestRecording first = TestRecording.of(TASK)) {
      Task<Void> task =
          scope.spawn(
              "long",
              () -> {
                begun.countDown();
                end.await();
              });
      begun.await();
      assertThat(first.stop(TASK, "/two")).isEmpty();
      try (TestRecording second = TestRecording.of(TASK)) {
        end.countDown();
        scope.join();

        RecordedEvent event = only(second.stop(TASK, "/two"));
        assertThat(event.getLong("taskId")).isEqualTo(task.id());
        assertThat(event.getDuration()).isPositive();
      }
    }
  }

  @Test
  void threshold_ofTask_dropsShorterTasksOnly() throws Exception {
    TaskScope scope = root("threshold");
    Duration threshold = Duration.ofMillis(500);
    Map<String, String> settings =
        Map.of("taskscope.Task#enabled", "true", "taskscope.Task#threshold", "500 ms");
    try (TestRecording recording = TestRecording.with(settings)) {
      scope.call("short", () -> {});
      scope.call("long", () -> Thread.sleep(threshold.plusMillis(1)));

      RecordedEvent event = only(recording.stop(TASK, "/threshold"));
      assertThat(event.getString("name")).isEqualTo("long");
    }
  }

  @Test
  void events_disabled_areNotWrittenAndLeaveNothingOnTheTask() throws Exception {
    TaskScope scope = root("off");
    try (TestRecording recording = TestRecording.of(TASK_START)) {
      boolean attached =
          scope.call("quiet", () -> Task.current().orElseThrow().attachment(JfrHook.EVENT) != null);

      assertThat(attached).isFalse();
      assertThat(recording.stop(TASK_START, "/off")).hasSize(1);
      assertThat(TestRecording.read(recording.stop(), TASK, "/off")).isEmpty();
    }
  }

  private static RecordedEvent only(List<RecordedEvent> events) {
    assertThat(events).hasSize(1);
    return events.getFirst();
  }

  private static RecordedEvent named(List<RecordedEvent> events, String name) {
    return only(events.stream().filter(e -> e.getString("name").equals(name)).toList());
  }
}
