// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.SCOPE;
import static io.taskscope.jfr.JfrEventName.SHUTDOWN;
import static io.taskscope.jfr.JfrEventName.TASK;
import static io.taskscope.jfr.JfrEventName.TASK_ABANDONED;
import static io.taskscope.jfr.JfrEventName.TASK_START;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a person sees who opens a recording with the {@code jfr} tool of the JDK. */
@Timeout(120)
class JfrToolTest extends JfrTestBase {

  @Test
  void print_ofASleep_showsTheCalledTasksItIsIn() throws Exception {
    TaskScope handlers = root("tool").child("handlers");
    try (TestRecording recording = TestRecording.of(TASK).and("jdk.ThreadSleep")) {
      handlers.call(
          "GET /users/{id}", () -> handlers.call("load", () -> Thread.sleep(Duration.ofMillis(3))));
      Thread.sleep(Duration.ofMillis(4)); // after both

      List<String> sleeps = print(recording.stop(), "jdk.ThreadSleep");
      assertThat(only(sleeps, "time = 3.00 ms").lines())
          .map(String::strip)
          .containsSubsequence(
              "Context: Task.scopePath = \"/tool/handlers\"",
              "Context: Task.name = \"GET /users/{id}\"",
              "Context: Task.scopePath = \"/tool/handlers\"",
              "Context: Task.name = \"load\"");
      assertThat(only(sleeps, "time = 4.00 ms")).doesNotContain("Context:");
    }
  }

  @Test
  void print_ofASleep_showsTheSpawnedTaskItIsIn() throws Exception {
    TaskScope root = root("spawn");
    TaskScope first = root.child("first");
    TaskScope second = root.child("second");
    try (TestRecording recording = TestRecording.of(TASK).and("jdk.ThreadSleep")) {
      CountDownLatch both = new CountDownLatch(2);
      first.spawn("nap", () -> overlapping(both, Duration.ofMillis(11)));
      second.spawn("doze", () -> overlapping(both, Duration.ofMillis(12)));
      first.join();
      second.join();

      List<String> sleeps = print(recording.stop(), "jdk.ThreadSleep");
      assertThat(context(only(sleeps, "time = 11.0 ms")))
          .containsExactly("Task.scopePath = \"/spawn/first\"", "Task.name = \"nap\"");
      assertThat(context(only(sleeps, "time = 12.0 ms")))
          .containsExactly("Task.scopePath = \"/spawn/second\"", "Task.name = \"doze\"");
    }
  }

  @Test
  void print_ofAContendedLock_showsTheTaskThatWaitsForIt() throws Exception {
    TaskScope scope = root("lock");
    Object lock = new Object();
    try (TestRecording recording = TestRecording.of(TASK).and("jdk.JavaMonitorEnter")) {
      Thread holder = HeldLock.hold(lock);
      scope.call(
          "contend",
          () -> {
            synchronized (lock) {
              assertThat(Thread.holdsLock(lock)).isTrue();
            }
          });
      holder.join();

      List<String> entered = print(recording.stop(), "jdk.JavaMonitorEnter");
      String mine = only(entered, "JfrToolTest.");
      assertThat(context(mine))
          .containsExactly("Task.scopePath = \"/lock\"", "Task.name = \"contend\"");
    }
  }

  @Test
  void print_summaryAndMetadata_ofEveryEvent_areAsPromised() throws Exception {
    TaskScope root = root("all", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO));
    CountDownLatch begun = latch();
    CountDownLatch end = latch();
    try (TestRecording recording = TestRecording.of(JfrEventName.values())) {
      root.call("fine", () -> {});
      Task<Void> mule =
          root.spawn(
              "mule",
              () -> {
                begun.countDown();
                awaitStubbornly(end);
              });
      begun.await();
      root.shutdown(Duration.ofSeconds(5));
      Path file = recording.stop();

      assertThat(only(print(file, "taskscope.Task"), "/all"))
          .contains("name = \"fine\"", "outcome = \"success\"", "errorClass = N/A", "duration = ");
      assertThat(only(print(file, "taskscope.TaskStart"), "mule"))
          .contains("taskId = " + mule.id(), "origin = \"spawned\"");
      assertThat(only(print(file, "taskscope.Scope"), "closed"))
          .contains("started = 2", "success = 1", "abandoned = 1", "live = 0");
      assertThat(print(file, "taskscope.Shutdown")).isNotEmpty();
      assertThat(only(print(file, "taskscope.TaskAbandoned"), "mule")).contains("awaitStubbornly");

      String summary = JfrTool.run("summary", file.toString());
      assertThat(summary)
          .containsPattern(count(TASK, 1))
          .containsPattern(count(TASK_START, 2))
          .containsPattern(count(SCOPE, 1))
          .containsPattern(count(TASK_ABANDONED, 1))
          .containsPattern(Pattern.quote(SHUTDOWN.eventName()) + "\\s+[1-9]");

      String metadata = JfrTool.run("metadata", "--categories", "Taskscope", file.toString());
      assertThat(metadata)
          .contains("@Contextual", "@Label(\"Task Id\")", "@Timespan(\"NANOSECONDS\")");
      for (JfrEventName name : JfrEventName.values()) {
        assertThat(metadata).contains("@Name(\"" + name.eventName() + "\")");
      }
    }
  }

  private static void overlapping(CountDownLatch all, Duration sleep) throws InterruptedException {
    all.countDown();
    all.await();
    Thread.sleep(sleep);
  }

  private static String count(JfrEventName name, int count) {
    return Pattern.quote(name.eventName()) + "\\s+" + count + "\\s";
  }

  private static List<String> context(String event) {
    return event
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("Context: "))
        .map(line -> line.substring("Context: ".length()))
        .toList();
  }

  private static String only(List<String> events, String part) {
    List<String> found = events.stream().filter(event -> event.contains(part)).toList();
    assertThat(found).as("events with <%s> in %s", part, events).hasSize(1);
    return found.getFirst();
  }

  private static List<String> print(Path file, String event) throws Exception {
    String text = JfrTool.run("print", "--events", event, file.toString());
    return Pattern.compile("\\R\\R").splitAsStream(text).filter(part -> !part.isBlank()).toList();
  }
}
