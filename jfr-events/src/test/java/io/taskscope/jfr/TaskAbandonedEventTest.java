// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.SCOPE;
import static io.taskscope.jfr.JfrEventName.TASK;
import static io.taskscope.jfr.JfrEventName.TASK_ABANDONED;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

class TaskAbandonedEventTest extends JfrTestBase {

  @Test
  void task_abandonedAndEndingAfterAll_isToldAtOnceAndOnceMoreAtItsEnd() throws Exception {
    TaskScope scope =
        root("stubborn", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(20)));
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    List<RecordedEvent> abandoned;
    Task<Void> task;
    Thread thread;
    try (TestRecording recording = TestRecording.of(TASK, TASK_ABANDONED)) {
      task =
          scope.spawn(
              "mule",
              () -> {
                begun.countDown();
                awaitStubbornly(end);
              });
      begun.await();
      thread = task.thread().orElseThrow();
      ShutdownReport report = scope.shutdown(Duration.ofSeconds(5));
      assertThat(report.result()).isEqualTo(ShutdownReport.Result.ABANDONED);

      abandoned = recording.stop(TASK_ABANDONED, "/stubborn");
      assertThat(TestRecording.read(recording.stop(), TASK, "/stubborn")).isEmpty();
    }
    assertThat(abandoned).hasSize(1);
    RecordedEvent event = abandoned.getFirst();
    assertThat(event.getLong("taskId")).isEqualTo(task.id());
    assertThat(event.getString("scopePath")).isEqualTo("/stubborn");
    assertThat(event.getString("name")).isEqualTo("mule");
    assertThat(event.getDuration("age")).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    assertThat(event.getString("stack")).contains("awaitStubbornly").contains("CountDownLatch");
    assertThat(event.getString("stack").lines().count()).isGreaterThan(2);
    assertThat(event.getThread().getJavaThreadId()).isNotEqualTo(thread.threadId());

    try (TestRecording recording = TestRecording.of(TASK, TASK_ABANDONED)) {
      end.countDown();
      thread.join();

      List<RecordedEvent> ends = recording.stop(TASK, "/stubborn");
      assertThat(ends).extracting(e -> e.getString("outcome")).containsExactly("abandoned");
      assertThat(ends.getFirst().getThread().getJavaThreadId()).isEqualTo(thread.threadId());
      assertThat(ends.getFirst().getDuration()).isPositive();
      assertThat(TestRecording.read(recording.stop(), TASK_ABANDONED, "/stubborn")).isEmpty();
    }
  }

  @Test
  void task_abandoned_isCountedByTheLastScopeEvent() throws Exception {
    TaskScope scope =
        root("counted", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO));
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    try (TestRecording recording = TestRecording.of(SCOPE, TASK_ABANDONED)) {
      scope.spawn(
          "mule",
          () -> {
            begun.countDown();
            awaitStubbornly(end);
          });
      begun.await();
      scope.shutdown(Duration.ofSeconds(5));

      Path file = recording.stop();
      assertThat(TestRecording.read(file, TASK_ABANDONED, "/counted")).hasSize(1);
      RecordedEvent closed = TestRecording.read(file, SCOPE, "/counted").getLast();
      assertThat(closed.getString("state")).isEqualTo("closed");
      assertThat(closed.getLong("abandoned")).isEqualTo(1);
      assertThat(closed.getLong("started")).isEqualTo(1);
      assertThat(closed.getLong("live")).isZero();
    }
  }

  @Test
  void text_ofNoFrames_isNone() {
    assertThat(StackText.of(List.of())).isNull();
  }

  @Test
  void text_ofTwoFrames_hasOneLineEach() {
    List<StackTraceElement> frames =
        List.of(
            new StackTraceElement("a.B", "c", "B.java", 1),
            new StackTraceElement("d.E", "f", "E.java", 2));

    assertThat(StackText.of(frames)).isEqualTo("a.B.c(B.java:1)\nd.E.f(E.java:2)");
  }

  @Test
  void text_ofAVeryDeepStack_isCutAndSaysSo() {
    List<StackTraceElement> frames = new ArrayList<>();
    for (int i = 0; i < StackText.MAX_FRAMES + 7; i++) {
      frames.add(new StackTraceElement("a.B", "c", "B.java", i + 1));
    }

    List<String> lines = StackText.of(frames).lines().toList();

    assertThat(lines).hasSize(StackText.MAX_FRAMES + 1);
    assertThat(lines.getFirst()).isEqualTo("a.B.c(B.java:1)");
    assertThat(lines.getLast()).isEqualTo("... 7 more");
  }
}
