// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JdkActivity.ALLOCATION;
import static io.taskscope.jfr.JdkActivity.CPU;
import static io.taskscope.jfr.JdkActivity.EXCEPTION;
import static io.taskscope.jfr.JdkActivity.FILE_WRITE;
import static io.taskscope.jfr.JdkActivity.LOCK;
import static io.taskscope.jfr.JdkActivity.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.Decision;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.view.OutcomeCounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jdk.jfr.consumer.EventStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TaskscopeStreamTest extends JfrTestBase {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void view_ofThisJvm_countsTasksByPathAndOutcome() throws Exception {
    TaskScope root = root("stream", o -> o.onFailure((task, error) -> Decision.HANDLED));
    TaskScope app = root.child("app");
    CountDownLatch end = latch();
    Task<Void> early = hold(app, "early", end);
    try (TaskscopeStream stream = TaskscopeStream.ofThisJvm()) {
      stream.startAsync();
      Task<Void> late = hold(root, "late", end);
      for (int i = 0; i < 20; i++) {
        app.spawn("fine", () -> {});
      }
      app.spawn(
          "broken",
          () -> {
            throw new IllegalStateException("broken");
          });
      app.call("outer", () -> app.call("inner", () -> {}));

      StreamView busy = await(stream, view -> finished(view, "/stream/app") == 23);
      PathActivity activity = busy.find("/stream/app").orElseThrow();
      assertThat(activity.started()).isEqualTo(23);
      assertThat(activity.live()).isEqualTo(1); // early
      assertThat(activity.finished()).isEqualTo(new OutcomeCounts(22, 1, 0, 0));
      assertThat(activity.openScopes()).isLessThanOrEqualTo(1);
      assertThat(busy.tasks())
          .filteredOn(task -> task.path().startsWith("/stream"))
          .extracting(StreamView.StreamTask::id)
          .containsExactlyInAnyOrder(early.id(), late.id());
      assertThat(busy.agent()).isEqualTo("off");
      assertThat(busy.total("/stream").live()).isEqualTo(2);

      end.countDown();
      root.join();
      StreamView quiet = await(stream, view -> view.total("/stream").live() == 0);
      assertThat(quiet.find("/stream/app").orElseThrow().finished().success()).isEqualTo(23);
      assertThat(quiet.total("/stream").finished().total()).isEqualTo(25);
      assertThat(quiet.losses().unreadable()).isZero();
    }
  }

  @Test
  void view_ofThisJvm_joinsEventsOfTheJdkToTheInnermostTask() throws Exception {
    TaskScope root = root("join", o -> o.onFailure((task, error) -> Decision.HANDLED));
    TaskScope inner = root.child("inner");
    Path file = directory.resolve("written");
    Map<String, String> settings = new HashMap<>();
    for (String event : List.of("ThreadSleep", "JavaMonitorEnter", "FileWrite")) {
      settings.put("jdk." + event + "#enabled", "true");
      settings.put("jdk." + event + "#threshold", "0 ns");
      settings.put("jdk." + event + "#throttle", "off");
    }
    try (TaskscopeStream stream = TaskscopeStream.ofThisJvm(settings)) {
      stream.startAsync();
      root.call(
          "outer",
          () -> {
            Thread.sleep(Duration.ofMillis(3));
            inner.call(
                "io",
                () -> {
                  Files.write(file, new byte[1000]);
                });
            Thread.sleep(Duration.ofMillis(5));
          });
      contend(root.child("lock"));

      StreamView view =
          await(stream, v -> finished(v, "/join") == 1 && count(v, "/join/lock", LOCK) == 1);
      assertThat(count(view, "/join", WAIT)).isEqualTo(2);
      assertThat(view.find("/join").orElseThrow().of(WAIT).nanos())
          .isGreaterThanOrEqualTo(8_000_000);
      assertThat(count(view, "/join", FILE_WRITE)).isZero();
      assertThat(view.find("/join/inner").orElseThrow().of(FILE_WRITE))
          .satisfies(written -> assertThat(written.bytes()).isEqualTo(1000));
      assertThat(view.find("/join/lock").orElseThrow().of(LOCK).nanos()).isPositive();
    }
  }

  @Test
  void view_ofThisJvm_joinsSamplesOfVirtualThreads() throws Exception {
    TaskScope root = root("samples");
    try (TaskscopeStream stream =
        TaskscopeStream.ofThisJvm(RecordingSettings.PROFILE.withThoseOfTheJdk())) {
      stream.startAsync();
      CountDownLatch end = latch();
      root.spawn(
          "burn",
          () -> {
            byte[] last = {};
            while (end.getCount() > 0) {
              last = new byte[1000 + last.length % 2];
            }
            return last;
          });

      StreamView view =
          await(stream, v -> count(v, "/samples", CPU) > 5 && count(v, "/samples", ALLOCATION) > 0);
      assertThat(view.find("/samples").orElseThrow().of(ALLOCATION).bytes()).isPositive();
      end.countDown();
    }
  }

  @Test
  void view_beyondItsLimits_countsWhatItDoesNotKeep() throws Exception {
    TaskScope root = root("limits");
    List<TaskScope> scopes = List.of(root.child("a"), root.child("b"), root.child("c"));
    Path file;
    try (TestRecording recording =
        TestRecording.of(JfrEventName.TASK, JfrEventName.TASK_START, JfrEventName.SCOPE)) {
      CountDownLatch end = latch();
      for (TaskScope scope : scopes) {
        hold(scope, "one", end);
        hold(scope, "two", end);
      }
      file = recording.stop();
      TaskscopeStream stream =
          TaskscopeStream.of(EventStream.openFile(file), new StreamTree.Limits(2, 2, 1));
      stream.start();
      stream.close();
      StreamView view = stream.view();

      assertThat(view.tasks()).hasSize(2);
      assertThat(view.losses().tasksUntracked()).isEqualTo(4);
      assertThat(view.paths()).hasSizeLessThanOrEqualTo(3);
      assertThat(view.losses().pathsOverflowed()).isPositive();
      assertThat(view.paths().stream().mapToLong(PathActivity::live).sum()).isEqualTo(6);
      end.countDown();
    }
  }

  /**
   * JDK 25 gives this event the time at which its chunk began, so that it belongs to no task; what
   * matters is that it is not lost, and not laid at the door of another one.
   */
  @Test
  void view_ofAFile_countsExceptionsInTheirTaskOrAsUnattributed() {
    TaskScope scope = root("thrown");
    try (TestRecording recording =
        TestRecording.of(JfrEventName.TASK, JfrEventName.TASK_START)
            .and("jdk.JavaExceptionThrow")) {
      scope.call("twice", TaskscopeStreamTest::throwTwice);
      throwTwice(); // in no task

      try (TaskscopeStream stream = TaskscopeStream.of(EventStream.openFile(recording.stop()))) {
        stream.start();
        long joined = count(stream.view(), "/thrown", EXCEPTION);
        assertThat(joined).isIn(0L, 2L);
        assertThat(stream.view().losses().unattributed().get(EXCEPTION).count())
            .isGreaterThanOrEqualTo(4 - joined);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void throwTwice() {
    for (int i = 0; i < 2; i++) {
      try {
        throw new IllegalStateException("number " + i);
      } catch (IllegalStateException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  @Test
  void onUpdate_whileEventsCome_isCalledWithTheTree() throws Exception {
    TaskScope root = root("update");
    CountDownLatch seen = new CountDownLatch(1);
    try (TaskscopeStream stream = TaskscopeStream.ofThisJvm()) {
      stream.onUpdate(
          view -> {
            if (finished(view, "/update") == 1) {
              seen.countDown();
            }
          });
      stream.startAsync();
      root.call("once", () -> {});
      assertThat(seen.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void ofRepository_ofAnotherProcess_knowsTasksOlderThanItself() throws Exception {
    try (OtherProcess other = OtherProcess.start(directory);
        TaskscopeStream stream = TaskscopeStream.ofRepository(other.repository())) {
      stream.startAsync();
      StreamView view =
          await(
              stream,
              v ->
                  finished(v, "/other/short") > 10
                      && v.find("/other/long").map(PathActivity::live).orElse(0L) == 1);

      assertThat(view.find("/other/short").orElseThrow().finished().failure()).isZero();
      assertThat(view.tasks()).extracting(StreamView.StreamTask::name).contains("holds");
      await(stream, v -> count(v, "/other/short", WAIT) > 0);
    }
  }

  @Test
  void ofRepository_withoutChunks_saysWhatToGive() {
    assertThatThrownBy(() -> TaskscopeStream.ofRepository(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("JFR.configure");
    assertThatThrownBy(() -> TaskscopeStream.ofRepository(directory.resolve("none")))
        .isInstanceOf(IOException.class);
  }

  private static void contend(TaskScope scope) throws Exception {
    Object lock = new Object();
    Thread holder = HeldLock.hold(lock);
    scope.call(
        "contend",
        () -> {
          synchronized (lock) {
            assertThat(Thread.holdsLock(lock)).isTrue();
          }
        });
    holder.join();
  }

  private static Task<Void> hold(TaskScope scope, String name, CountDownLatch end)
      throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    Task<Void> task =
        scope.spawn(
            name,
            () -> {
              begun.countDown();
              end.await();
            });
    begun.await();
    return task;
  }

  private static long finished(StreamView view, String path) {
    return view.find(path).map(a -> a.finished().total()).orElse(0L);
  }

  private static long count(StreamView view, String path, JdkActivity kind) {
    return view.find(path).map(a -> a.of(kind).count()).orElse(0L);
  }

  private static StreamView await(TaskscopeStream stream, Predicate<StreamView> condition)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      StreamView view = stream.view();
      if (condition.test(view)) {
        return view;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("not within " + PATIENCE + ": " + stream.view());
  }
}
