// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.view.Finding;
import io.taskscope.view.Finding.Kind;
import io.taskscope.view.Finding.Severity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class FindingsTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static final Duration LONG = Duration.ofSeconds(20);

  private static List<Finding> of(TaskScope scope, Kind kind) {
    return scope.findings().stream().filter(finding -> finding.kind() == kind).toList();
  }

  private TaskScope root() {
    return guard.root(
        "web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(20)));
  }

  private Task<Void> stubborn(TaskScope scope, String name, CountDownLatch gate) {
    Task<Void> task = scope.spawn(name, () -> awaitStubbornly(gate));
    Eventually.holds(task::hasStarted);
    return task;
  }

  /** As if it had been cancelled some time ago. */
  private static void cancelledAgo(Task<?> task, Duration ago) {
    ((TaskRun<?>) task)
        .cancel(
            new CancelRequest(
                new Outcome.Cancelled("test", "test", List.of()),
                System.nanoTime() - ago.toNanos()));
  }

  @Test
  void block_whoseThreadDiedWithoutClosingIt_isUnclosed() throws Exception {
    AtomicReference<TaskScope> left = new AtomicReference<>();
    Thread opener =
        Thread.ofPlatform().name("forgetful").start(() -> left.set(TaskScope.open("block")));
    opener.join();
    TaskScope block = left.get();
    assertThat(TaskScope.roots()).contains(block);

    assertThat(of(block, Kind.UNCLOSED))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.ERROR);
              assertThat(finding.path()).isEqualTo("/block");
              assertThat(finding.sentence()).contains("forgetful").contains("try-with-resources");
            });

    block.close();
    assertThat(of(block, Kind.UNCLOSED)).isEmpty();
  }

  @Test
  void block_openOnALiveThread_isNotUnclosed() {
    try (TaskScope block = TaskScope.open("block")) {
      assertThat(of(block, Kind.UNCLOSED)).isEmpty();
    }
  }

  @Test
  void findings_ofHealthyTree_areNone() throws Exception {
    TaskScope web = root();
    CountDownLatch never = guard.latch();
    web.child("app").spawn("waits", () -> never.await());
    web.spawn("ended", () -> 1).get();

    assertThat(web.findings()).noneMatch(finding -> !finding.path().isEmpty());
  }

  @Test
  void leaked_task_isFoundUntilItEnds() {
    TaskScope web = root();
    TaskScope app =
        web.child("app", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO));
    TaskScope other = web.child("other");
    CountDownLatch gate = guard.latch();
    Task<Void> task = stubborn(app, "never ends", gate);
    app.shutdown(LONG);

    List<Finding> found = of(web, Kind.LEAKED);

    assertThat(found).hasSize(1);
    Finding finding = found.getFirst();
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.path()).isEqualTo("/web/app");
    assertThat(finding.count()).isEqualTo(1);
    assertThat(finding.tasks().getFirst().id()).isEqualTo(task.id());
    assertThat(finding.sentence())
        .isEqualTo(
            "task "
                + task.id()
                + " \"never ends\" abandoned by the scope and still running: the thread is lost");
    assertThat(of(app, Kind.LEAKED)).as("asked of the closed scope itself").hasSize(1);
    assertThat(of(other, Kind.LEAKED)).isEmpty();
    gate.countDown();
    Eventually.holds(() -> of(web, Kind.LEAKED).isEmpty());
  }

  @Test
  void leaked_inBlock_isFound() throws Exception {
    TaskScope web = root();
    CountDownLatch gate = guard.latch();
    web.call(
        "request",
        () -> {
          try (TaskScope block =
              TaskScope.open(
                  "checkout",
                  o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(10)))) {
            stubborn(block, "stubborn", gate);
          }
        });

    assertThat(of(web, Kind.LEAKED)).hasSize(1);
    assertThat(of(web, Kind.LEAKED).getFirst().path()).isEqualTo("/web/checkout");
    gate.countDown();
    Eventually.holds(() -> of(web, Kind.LEAKED).isEmpty());
  }

  @Test
  void leaked_manyTasks_areCountedAndTwentyShown() {
    TaskScope web = root();
    TaskScope app =
        web.child("app", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO));
    CountDownLatch gate = guard.latch();
    for (int i = 0; i < 30; i++) {
      stubborn(app, "stubborn", gate);
    }
    app.shutdown(LONG);

    Finding finding = of(web, Kind.LEAKED).getFirst();

    assertThat(finding.count()).isEqualTo(30);
    assertThat(finding.tasks()).hasSize(20);
    assertThat(finding.sentence()).startsWith("30 tasks abandoned");
    gate.countDown();
    Eventually.holds(() -> of(web, Kind.LEAKED).isEmpty());
  }

  @Test
  void stuck_task_isFoundAfterFiveSeconds() throws Exception {
    TaskScope web = root();
    CountDownLatch gate = guard.latch();
    Task<Void> old = stubborn(web, "old", gate);
    Task<Void> fresh = stubborn(web, "fresh", gate);
    cancelledAgo(old, Duration.ofSeconds(6));
    cancelledAgo(fresh, Duration.ofSeconds(1));

    List<Finding> found = of(web, Kind.STUCK);

    assertThat(found).hasSize(1);
    assertThat(found.getFirst().severity()).isEqualTo(Severity.WARNING);
    assertThat(found.getFirst().tasks().getFirst().name()).isEqualTo("old");
    assertThat(found.getFirst().sentence())
        .contains("\"old\" cancelled more than 5")
        .endsWith("the body ignores its interrupt");
    gate.countDown();
    web.join();
    assertThat(of(web, Kind.STUCK)).isEmpty();
  }

  @Test
  void orphan_task_isFoundWhenItsCreatorHasEnded() throws Exception {
    TaskScope web = root();
    CountDownLatch gate = guard.latch();
    AtomicReference<Task<Void>> child = new AtomicReference<>();
    CountDownLatch motherMayEnd = guard.latch();
    Task<Void> mother =
        web.spawn(
            "mother",
            () -> {
              child.set(web.spawn("child", () -> gate.await()));
              motherMayEnd.await();
            });
    Eventually.holds(() -> child.get() != null);
    assertThat(of(web, Kind.ORPHAN)).isEmpty();
    motherMayEnd.countDown();
    mother.get();
    Eventually.holds(() -> child.get().parent().isEmpty());

    List<Finding> found = of(web, Kind.ORPHAN);

    assertThat(found).hasSize(1);
    assertThat(found.getFirst().severity()).isEqualTo(Severity.INFO);
    assertThat(found.getFirst().tasks().getFirst().parentId()).isEqualTo(mother.id());
    assertThat(found.getFirst().sentence()).contains("\"child\" whose creator has ended");
  }

  /** Fails whenever it is called. */
  private static final class Broken implements TaskHook {
    @Override
    public void taskCreated(Task<?> task) {
      throw new IllegalStateException("broken hook");
    }
  }

  @Test
  void quarantined_hook_isFound() {
    guard.expectHookFailures();
    TaskScope web = root();
    try (HookRegistration registration = Hooks.add(new Broken())) {
      for (int i = 0; i < 5; i++) {
        web.call("t", () -> {});
      }
      assertThat(registration.status().quarantined()).isTrue();

      Finding finding =
          of(web, Kind.QUARANTINED).stream()
              .filter(f -> f.sentence().contains(Broken.class.getName()))
              .findFirst()
              .orElseThrow();
      assertThat(finding.severity()).isEqualTo(Severity.ERROR);
      assertThat(finding.path()).isEmpty();
      assertThat(finding.count()).isEqualTo(3);
      assertThat(finding.sentence()).endsWith("no longer called after 3 failures in [taskCreated]");
    }
  }

  @Test
  void incomplete_droppedCompletions_areFound() throws Exception {
    TaskScope web = root();
    long before = TaskScope.statistics().completionsDropped();
    try (Completions<Object> nobodyReads = web.completions()) {
      for (int i = 0; i < CompletionBuffer.CAPACITY + 5; i++) {
        web.call("t", () -> {});
      }
      assertThat(nobodyReads.dropped()).isEqualTo(5);
    }

    assertThat(of(web, Kind.INCOMPLETE))
        .anyMatch(
            finding ->
                finding.severity() == Severity.WARNING
                    && finding.count() == before + 5
                    && finding.sentence().endsWith("because nobody read them fast enough"));
  }

  @Test
  void incomplete_tooManyPaths_areFound() {
    TaskScope web = root();
    long before = TaskScope.statistics().overflowed();
    for (int i = 0; i <= PathStats.MAX_PATHS; i++) {
      web.child("user-" + i);
    }

    assertThat(TaskScope.statistics().overflowed()).isGreaterThan(before);
    assertThat(of(web, Kind.INCOMPLETE))
        .anyMatch(finding -> finding.sentence().contains("is there an id in a scope name?"));
  }

  @Test
  void findings_ofSeveralKinds_areTheMostSevereFirst() throws Exception {
    TaskScope web = root();
    TaskScope app =
        web.child("app", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ZERO));
    CountDownLatch gate = guard.latch();
    web.spawn("mother", () -> web.spawn("child", () -> gate.await())).get();
    cancelledAgo(stubborn(web, "stuck", gate), Duration.ofSeconds(6));
    stubborn(app, "leaked", gate);
    app.shutdown(LONG);
    Eventually.holds(() -> of(web, Kind.ORPHAN).size() == 1);

    assertThat(web.findings().stream().filter(f -> !f.path().isEmpty()).map(Finding::kind))
        .containsExactly(Kind.LEAKED, Kind.STUCK, Kind.ORPHAN);
    gate.countDown();
    Eventually.holds(() -> of(web, Kind.LEAKED).isEmpty());
  }
}
