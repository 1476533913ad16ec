// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.taskscope.ParkReason;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DisabledCostTest extends JfrTestBase {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 10_000;
  private static final ParkReason[] REASONS = ParkReason.values();

  @Test
  void hook_withoutRecording_allocatesNothing() throws Exception {
    TaskScope scope = root("cost");
    Task<Void> task = scope.spawn("done", () -> {});
    task.get();

    assertThat(allocatedPerCall(task, scope)).isZero();
  }

  @Test
  void hook_withItsEventsDisabled_allocatesNothing() throws Exception {
    TaskScope scope = root("cost");
    Task<Void> task = scope.spawn("done", () -> {});
    task.get();
    try (TestRecording recording =
        TestRecording.with(
            Map.of(
                "taskscope.Task#enabled", "false",
                "taskscope.TaskStart#enabled", "false",
                "taskscope.TaskAbandoned#enabled", "false",
                "taskscope.Shutdown#enabled", "false",
                "taskscope.Scope#enabled", "false"))) {
      assertThat(allocatedPerCall(task, scope)).isZero();
      assertThat(recording.stop(JfrEventName.TASK, "/cost")).isEmpty();
    }
  }

  @Test
  void hook_withItsEventsEnabled_allocates() throws Exception {
    TaskScope scope = root("cost");
    Task<Void> task = scope.spawn("done", () -> {});
    task.get();
    try (TestRecording recording = TestRecording.of(JfrEventName.values())) {
      assertThat(allocatedPerCall(task, scope))
          .isPositive(); // so that the zero above means something
      assertThat(recording.stop(JfrEventName.TASK, "/cost")).hasSizeGreaterThan(CALLS);
    }
  }

  @Test
  void steps_withoutRecording_allocateNothing() throws Exception {
    Task<Void> task = root("cost").spawn("done", () -> {});
    task.get();

    assertThat(allocatedPerStep(task)).isZero();
  }

  @Test
  void steps_belowTheThreshold_allocateNothing() throws Exception {
    Task<Void> task = root("cost").spawn("done", () -> {});
    task.get();
    try (TestRecording recording =
        TestRecording.with(
            Map.of(
                "taskscope.TaskStep#enabled", "true",
                "taskscope.TaskStep#threshold", "1 h",
                "taskscope.TaskPark#enabled", "true",
                "taskscope.TaskPark#threshold", "1 h",
                "taskscope.TaskMonitorWait#enabled", "true",
                "taskscope.TaskMonitorWait#threshold", "1 h"))) {
      assertThat(allocatedPerStep(task)).isZero();
      assertThat(recording.stop(JfrEventName.TASK_STEP, "/cost")).isEmpty();
    }
  }

  private static long allocatedPerStep(Task<?> task) {
    JfrHook hook = new JfrHook();
    long before = 0;
    for (int round = 0; round < 2; round++) {
      before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        for (ParkReason reason : REASONS) {
          hook.stepStarted(task, 1);
          hook.stepEnded(task, 1, reason);
          hook.parkEnded(task, 1, reason);
        }
      }
    }
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
  }

  /** Bytes, averaged, so that what the test itself needs once does not count. */
  private static long allocatedPerCall(Task<?> task, TaskScope scope) {
    JfrHook hook = new JfrHook();
    long before = 0;
    for (int round = 0; round < 2; round++) { // the first one loads and links
      before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        hook.taskStarted(task);
        hook.taskAbandoned(task);
        hook.taskFinished(task);
        hook.scopeClosed(scope);
      }
    }
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
  }
}
