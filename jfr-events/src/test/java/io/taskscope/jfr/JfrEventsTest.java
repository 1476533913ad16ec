// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.SCOPE;
import static io.taskscope.jfr.JfrEventName.TASK;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.HookStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JfrEventsTest {
  private static final Map<String, String> TASKS_AND_SCOPES_AT_THE_END =
      Map.of(
          "taskscope.Task#enabled", "true",
          "taskscope.Scope#enabled", "true",
          "taskscope.Scope#period", "endChunk");

  private final TaskScope scope = TaskScope.root("install");
  private final List<HookRegistration> open = new ArrayList<>();

  @AfterEach
  void shutDown() {
    open.forEach(HookRegistration::close);
    scope.shutdown(Duration.ofSeconds(10));
  }

  @Test
  void install_never_writesNothing() {
    assertThat(tasksAndScopes()).containsExactly(0, 0);
  }

  @Test
  void install_once_writesEveryEventOnceUntilClosed() {
    HookRegistration registration = install();

    assertThat(tasksAndScopes()).containsExactly(1, 1);
    registration.close();
    assertThat(tasksAndScopes()).containsExactly(0, 0);
  }

  @Test
  void install_twice_writesEveryEventOnceUntilBothAreClosed() {
    HookRegistration first = install();
    HookRegistration second = install();

    assertThat(tasksAndScopes()).containsExactly(1, 1);
    first.close();
    first.close(); // must not count for the second one
    assertThat(tasksAndScopes()).containsExactly(1, 1);
    second.close();
    assertThat(tasksAndScopes()).containsExactly(0, 0);
  }

  @Test
  void install_again_worksAfterAllWereClosed() {
    install().close();
    install();

    assertThat(tasksAndScopes()).containsExactly(1, 1);
  }

  @Test
  void install_byManyThreads_writesEveryEventOnceAndNothingWhenAllAreClosed() throws Exception {
    HookRegistration base = install();
    int threads = 8;
    CyclicBarrier together = new CyclicBarrier(threads);
    List<Thread> installers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      installers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int round = 0; round < 50; round++) {
                      await(together);
                      JfrEvents.install().close();
                    }
                  }));
    }
    for (Thread installer : installers) {
      installer.join();
    }

    assertThat(tasksAndScopes()).containsExactly(1, 1);
    base.close();
    assertThat(tasksAndScopes()).containsExactly(0, 0);
  }

  @Test
  void close_whileATaskRuns_stillWritesItsEnd() throws Exception {
    HookRegistration registration = install();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (TestRecording recording = TestRecording.of(TASK)) {
      scope.spawn(
          "long",
          () -> {
            begun.countDown();
            end.await();
          });
      begun.await();
      registration.close();
      end.countDown();
      scope.join();

      assertThat(recording.stop(TASK, "/install"))
          .singleElement()
          .satisfies(event -> assertThat(event.getDuration()).isPositive());
    }
  }

  @Test
  void status_afterUse_tellsNoFailures() {
    HookRegistration registration = install();
    tasksAndScopes();

    HookStatus status = registration.status();
    assertThat(status.failures()).isEmpty();
    assertThat(status.quarantined()).isFalse();
    assertThat(status.hook()).isEqualTo(JfrHook.class.getName());
  }

  private HookRegistration install() {
    HookRegistration registration = JfrEvents.install();
    open.add(registration);
    return registration;
  }

  /** How many events one task and one open scope make. */
  private List<Integer> tasksAndScopes() {
    try (TestRecording recording = TestRecording.with(TASKS_AND_SCOPES_AT_THE_END)) {
      scope.call("work", () -> {});
      int tasks = recording.stop(TASK, "/install").size();
      return List.of(tasks, recording.stop(SCOPE, "/install").size());
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
