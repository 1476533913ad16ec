// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.SCOPE;
import static io.taskscope.jfr.JfrEventName.TASK;
import static io.taskscope.jfr.JfrEventName.TASK_START;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Decision;
import io.taskscope.Outcome;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import io.taskscope.view.OutcomeCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ManyTasksTest extends JfrTestBase {
  private static final int SUBMITTERS = 8;
  private static final int ROUNDS = 1_000; // each makes one to three tasks
  private static final int HELD = 200;
  private static final long SEED = 42;

  @Test
  @Timeout(120)
  void events_ofThousandsOfTasks_areExactlyWhatTheTreeCounted() throws Exception {
    LongAdder begun = new LongAdder();
    TaskHook counter =
        new TaskHook() {
          @Override
          public void taskStarted(Task<?> task) {
            begun.increment();
          }
        };
    TaskScope root =
        root("many", o -> o.hook(counter).onFailure((task, error) -> Decision.HANDLED));
    List<TaskScope> scopes = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      scopes.add(root.child(name));
    }
    // Some end before the recording and must not be in it, some begin before it and end in it.
    work(scopes.getFirst(), new Random(SEED), 100);
    for (TaskScope scope : scopes) {
      scope.join();
    }
    CountDownLatch release = latch();
    CountDownLatch held = new CountDownLatch(HELD);
    for (int i = 0; i < HELD; i++) {
      scopes
          .get(i % scopes.size())
          .spawn(
              "held",
              () -> {
                held.countDown();
                release.await();
              });
    }
    held.await();
    long begunBefore = begun.sum();
    Map<String, OutcomeCounts> finishedBefore = finished(scopes);

    try (TestRecording recording = TestRecording.of(TASK, TASK_START, SCOPE)) {
      List<Thread> submitters = new ArrayList<>();
      for (int i = 0; i < SUBMITTERS; i++) {
        Random random = new Random(SEED + i);
        TaskScope scope = scopes.get(i % scopes.size());
        submitters.add(Thread.ofPlatform().start(() -> work(scope, random, ROUNDS)));
      }
      release.countDown();
      for (Thread submitter : submitters) {
        submitter.join();
      }
      root.join();
      Map<String, OutcomeCounts> finished = finished(scopes);
      root.shutdown(Duration.ofSeconds(10));
      Path file = recording.stop();

      List<RecordedEvent> ends = TestRecording.read(file, TASK, "/many");
      Map<String, OutcomeCounts> expected = new TreeMap<>();
      finished.forEach((path, all) -> expected.put(path, all.minus(finishedBefore.get(path))));
      assertThat(byPath(ends)).isEqualTo(expected);
      assertThat(ends).hasSizeGreaterThan(10_000);
      assertThat(ids(ends)).hasSameSizeAs(ends);

      List<RecordedEvent> starts = TestRecording.read(file, TASK_START, "/many");
      assertThat(starts).hasSize((int) (begun.sum() - begunBefore));
      assertThat(ids(starts)).hasSameSizeAs(starts).isSubsetOf(ids(ends));

      Map<String, OutcomeCounts> closed = new TreeMap<>();
      for (RecordedEvent event : TestRecording.read(file, SCOPE, "/many")) {
        if (!event.getString("scopePath").equals("/many")
            && event.getString("state").equals("closed")) {
          closed.put(event.getString("scopePath"), counts(event));
          assertThat(event.getLong("started")).isEqualTo(counts(event).total());
        }
      }
      assertThat(closed).isEqualTo(finished);
      assertThat(RecordingFile.readAllEvents(file))
          .noneMatch(event -> event.getEventType().getName().equals("jdk.DataLoss"));
    }
  }

  private static void work(TaskScope scope, Random random, int rounds) {
    for (int i = 0; i < rounds; i++) {
      switch (random.nextInt(6)) {
        case 0 -> scope.spawn("fine", () -> "yes");
        case 1 -> scope.spawn("broken", ManyTasksTest::fail);
        case 2 -> scope.spawn("cancelled", () -> Thread.sleep(Duration.ofHours(1))).cancel("no");
        case 3 -> {
          try {
            scope.call("called-broken", ManyTasksTest::fail);
          } catch (IllegalStateException e) {
            assertThat(e).hasMessage("broken");
          }
        }
        case 4 ->
            scope.call("outer", () -> scope.call("inner", () -> scope.spawn("leaf", () -> {})));
        default -> scope.spawn("spawner", () -> scope.call("inner", () -> {}));
      }
    }
  }

  private static void fail() {
    throw new IllegalStateException("broken");
  }

  private static Map<String, OutcomeCounts> finished(List<TaskScope> scopes) {
    return scopes.stream()
        .collect(Collectors.toMap(TaskScope::path, scope -> scope.view().finished()));
  }

  private static Map<String, OutcomeCounts> byPath(List<RecordedEvent> ends) {
    return ends.stream()
        .collect(
            Collectors.groupingBy(
                event -> event.getString("scopePath"),
                TreeMap::new,
                Collectors.collectingAndThen(Collectors.toList(), ManyTasksTest::countsOf)));
  }

  private static OutcomeCounts countsOf(List<RecordedEvent> ends) {
    Map<Outcome.Kind, Long> counts = new EnumMap<>(Outcome.Kind.class);
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      String label = kind.label();
      counts.put(kind, ends.stream().filter(e -> e.getString("outcome").equals(label)).count());
    }
    return new OutcomeCounts(
        counts.get(Outcome.Kind.SUCCESS),
        counts.get(Outcome.Kind.FAILURE),
        counts.get(Outcome.Kind.CANCELLED),
        counts.get(Outcome.Kind.ABANDONED));
  }

  private static OutcomeCounts counts(RecordedEvent event) {
    return new OutcomeCounts(
        event.getLong("success"),
        event.getLong("failure"),
        event.getLong("cancelled"),
        event.getLong("abandoned"));
  }

  private static Set<Long> ids(List<RecordedEvent> events) {
    return events.stream().map(e -> e.getLong("taskId")).collect(Collectors.toSet());
  }
}
