// SPDX-License-Identifier: Apache-2.0
package io.taskscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.testing.TaskscopeExtension;
import io.taskscope.view.Finding;
import io.taskscope.view.Finding.Kind;
import io.taskscope.view.Finding.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is found by looking at where the time of tasks went. */
@ExtendWith(TaskscopeExtension.class)
@Timeout(60)
@SuppressWarnings("ThreadPriorityCheck") // yields are what is looked for
class StepFindingsTest {
  private static final Set<Kind> OF_STEPS =
      EnumSet.of(
          Kind.SLOW_STEP, Kind.NEVER_YIELDS, Kind.LONG_QUEUE, Kind.PINNED, Kind.BUSY_YIELDING);

  private final TaskScope root = TaskScope.root("findings");
  private volatile boolean stop;

  @AfterEach
  void close() {
    stop = true;
    root.shutdown(Duration.ofSeconds(10));
  }

  private List<Finding> found() {
    return root.findings().stream().filter(f -> OF_STEPS.contains(f.kind())).toList();
  }

  private Finding only(Kind kind, TaskScope scope) {
    List<Finding> found = root.findings().stream().filter(f -> f.kind() == kind).toList();
    assertThat(found).as(kind.label()).hasSize(1);
    assertThat(found.getFirst().path()).isEqualTo(scope.path());
    assertThat(found.getFirst().severity())
        .isEqualTo(kind == Kind.BUSY_YIELDING ? Severity.INFO : Severity.WARNING);
    return found.getFirst();
  }

  private static void compute(Duration howLong) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < howLong.toNanos()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void tasksThatWaitAndShareTheirCarriers_areNoFinding() throws Exception {
    TaskScope scope = root.child("healthy");
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      tasks.add(scope.spawn("waits", () -> Thread.sleep(5)));
    }
    for (Task<?> task : tasks) {
      task.get();
    }
    // On a busy machine they do wait long for a carrier; a slow step takes more than that.
    assertThat(found()).allMatch(finding -> finding.kind() == Kind.LONG_QUEUE);
  }

  @Test
  void step_longerThanTheLimit_isASlowStepAlsoWhenItsTaskHasEnded() throws Exception {
    TaskScope scope = root.child("slow");
    scope.spawn("computes", () -> compute(Duration.ofMillis(150))).get();
    Finding finding = only(Kind.SLOW_STEP, scope);
    assertThat(finding.count()).isEqualTo(1);
    assertThat(finding.tasks()).isEmpty();
    assertThat(finding.sentence())
        .startsWith("1 step longer than 100 ms in the last ")
        .contains(" in \"computes\": meanwhile others had to wait for a carrier");
  }

  @Test
  void slowStep_inABlockThatIsGone_isFoundUnderItsPath() throws Exception {
    // A tree of its own: the path of a block is remembered when the path above it opens again.
    TaskScope blocks = TaskScope.root("findings-of-blocks");
    blocks
        .spawn(
            "request",
            () -> {
              try (TaskScope block = TaskScope.open("block")) {
                block.spawn("computes", () -> compute(Duration.ofMillis(150)));
                block.join();
              }
            })
        .get();
    assertThat(blocks.findings())
        .filteredOn(finding -> finding.kind() == Kind.SLOW_STEP)
        .singleElement()
        .satisfies(finding -> assertThat(finding.path()).isEqualTo("/findings-of-blocks/block"))
        .satisfies(finding -> assertThat(finding.sentence()).contains("\"computes\""));
    blocks.shutdown(Duration.ofSeconds(10));
  }

  @Test
  void platformThread_thatComputes_keepsNoCarrier() throws Exception {
    Thread thread =
        new Thread(() -> root.call("computes", () -> compute(Duration.ofMillis(1_200))));
    thread.start();
    thread.join();
    assertThat(found()).isEmpty();
  }

  @Test
  void task_thatComputesForASecondAndMore_neverYields() throws Exception {
    TaskScope scope = root.child("hogs");
    Task<Void> hog =
        scope.spawn(
            "hog",
            () -> {
              while (!stop) {
                Thread.onSpinWait();
              }
            });
    Eventually.eventually(
        "it is found", () -> found().stream().anyMatch(f -> f.kind() == Kind.NEVER_YIELDS));
    Finding finding = only(Kind.NEVER_YIELDS, scope);
    assertThat(finding.count()).isEqualTo(1);
    assertThat(finding.tasks()).singleElement().extracting("id").isEqualTo(hog.id());
    assertThat(finding.sentence()).startsWith("1 task ran for a second or more at a time");
    assertThat(only(Kind.SLOW_STEP, scope).tasks()).extracting("id").containsExactly(hog.id());
    stop = true;
    hog.get();
    assertThat(only(Kind.NEVER_YIELDS, scope).tasks()).isEmpty(); // it did, and is gone
  }

  @Test
  void moreTasksThanCarriers_haveALongQueue() throws Exception {
    TaskScope scope = root.child("starved");
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
      tasks.add(scope.spawn("computes", () -> compute(Duration.ofMillis(60))));
    }
    for (Task<?> task : tasks) {
      task.get();
    }
    Finding finding = only(Kind.LONG_QUEUE, scope);
    assertThat(finding.count()).isEqualTo(1);
    assertThat(finding.sentence()).matches("\\d+ % of the tasks' time in the last .*");
  }

  @Test
  void wait_insideAnInitializerOfAClass_isPinned() throws Exception {
    TaskScope scope = root.child("pins");
    CountDownLatch done = new CountDownLatch(1);
    Task<Void> pins =
        scope.spawn(
            "pins",
            () -> {
              assertThat(Waits.waited).isTrue();
              done.await();
            });
    Eventually.eventually(
        "it is found", () -> found().stream().anyMatch(f -> f.kind() == Kind.PINNED));
    Eventually.eventually("its wait is over", () -> pins.times().parks() == 2);
    Finding finding = only(Kind.PINNED, scope);
    assertThat(finding.sentence()).startsWith("1 wait in the last ");
    assertThat(finding.tasks()).extracting("id").containsExactly(pins.id());
    done.countDown();
    pins.get();
  }

  /** Initialized in the test above, and nowhere else. */
  private static final class Waits {
    static final boolean waited;

    static {
      LockSupport.parkNanos(30_000_000);
      waited = true;
    }
  }

  @Test
  void tasks_thatPoll_yieldBusily() throws Exception {
    TaskScope scope = root.child("polls");
    scope
        .spawn(
            "polls",
            () -> {
              for (int i = 0; i < 2_000; i++) {
                Thread.yield();
              }
            })
        .get();
    Finding finding = only(Kind.BUSY_YIELDING, scope);
    assertThat(finding.sentence())
        .startsWith("2000 of 2001 steps in the last ")
        .endsWith(" ended with a yield: tasks poll instead of waiting");
  }
}
