// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.TaskHook;
import io.taskscope.view.ScopeView;
import io.taskscope.view.Snapshot;
import io.taskscope.view.TaskView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Names, the shape of the tree, and pictures of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScopeTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void root_withValidName_hasThatName() {
    for (String name : List.of("a", "0", "web", "app-a", "v1.2_x", "a".repeat(64), "0--..__")) {
      TaskScope root = guard.root(name);
      assertThat(root.name()).isEqualTo(name);
      assertThat(root.path()).isEqualTo("/" + name);
      assertThat(root.child(name).path()).isEqualTo("/" + name + "/" + name);
    }
  }

  @Test
  void root_withBadName_isRefusedAndShowsIt() {
    List<String> bad =
        List.of(
            "",
            "A",
            "web/app",
            "/web",
            "-web",
            ".web",
            "_web",
            "a b",
            "wéb",
            "a\n",
            "a\u0000",
            "日本",
            "a*",
            "a".repeat(65));
    TaskScope parent = guard.root("parent");
    for (String name : bad) {
      String shown = name.replace("\n", "\\u000a").replace("\u0000", "\\u0000");
      assertThatThrownBy(() -> TaskScope.root(name))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + shown + "\"")
          .hasMessageContaining("1 to 64");
      assertThatThrownBy(() -> parent.child(name)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> TaskScope.open(name)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(TaskScope.roots()).containsExactly(parent);
    assertThat(parent.children()).isEmpty();
    assertThatThrownBy(() -> TaskScope.root(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void root_withVeryLongName_showsItCut() {
    assertThatThrownBy(() -> TaskScope.root("x".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100000 characters")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
  }

  @Test
  void spawn_withValidTaskName_keepsIt() throws Exception {
    TaskScope web = guard.root("web");
    for (String name :
        List.of("x", " ", "GET /users/{id}", "Größe prüfen 日本 😀", "n".repeat(128))) {
      Task<Integer> task = web.spawn(name, () -> 1);
      assertThat(task.name()).isEqualTo(name);
      assertThat(task.get()).isEqualTo(1);
      web.call(name, () -> assertThat(Task.current().orElseThrow().name()).isEqualTo(name));
    }
  }

  @Test
  void spawn_withBadTaskName_isRefusedAndShowsIt() {
    TaskScope web = guard.root("web");
    Callable<Integer> body = () -> 1;
    for (String name : List.of("", "a\tb", "\n", "x\u007f", "\u0085", "n".repeat(129))) {
      StringBuilder shown = new StringBuilder();
      name.chars()
          .forEach(
              c ->
                  shown.append(
                      Character.isISOControl(c)
                          ? "\\u%04x".formatted(c)
                          : String.valueOf((char) c)));
      assertThatThrownBy(() -> web.spawn(name, body))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + shown + "\"")
          .hasMessageContaining("1 to 128");
      assertThatThrownBy(() -> web.call(name, () -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> web.spawn("t", (Callable<Integer>) null))
        .isInstanceOf(NullPointerException.class);
    assertThat(web.view().started()).isZero();
  }

  @Test
  void spawn_withoutTaskName_isRefused() {
    TaskScope web = guard.root("web");
    Callable<Integer> body = () -> 1;

    assertThatThrownBy(() -> web.spawn(null, body)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> web.call(null, () -> {})).isInstanceOf(NullPointerException.class);

    assertThat(web.view().started()).isZero();
  }

  @Test
  void options_thatAreBad_areRefusedAndLeaveNoScope() {
    assertThatThrownBy(() -> TaskScope.root("x", o -> o.drainTimeout(Duration.ofMillis(-1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("drainTimeout")
        .hasMessageContaining("PT-0.001S");
    assertThatThrownBy(() -> TaskScope.root("x", o -> o.cancelTimeout(Duration.ofNanos(-1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cancelTimeout");
    assertThatThrownBy(() -> TaskScope.open("x", o -> o.deadline(Duration.ZERO)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deadline");
    assertThatThrownBy(() -> TaskScope.root("x", o -> null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> TaskScope.root("x", o -> o.closeAfter("other")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other");
    assertThat(TaskScope.roots()).isEmpty();
    assertThat(TaskScope.current()).isEmpty();
  }

  @Test
  void open_withDeadlineOfCenturies_hasPracticallyNone() throws Exception {
    try (TaskScope block = TaskScope.open("block", o -> o.deadline(Duration.ofDays(200_000)))) {
      assertThat(block.spawn("t", () -> 1).get()).isEqualTo(1);
      block.join();
    }
  }

  @Test
  void shutdown_withDeadlineOfCenturies_hasAReportAsText() {
    ShutdownReport report = guard.root("web").shutdown(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(report.toString()).contains("/web");
  }

  @Test
  void tree_ofScopes_isFoundInOrder() {
    TaskScope web = guard.root("web");
    TaskScope first = web.child("app-a");
    TaskScope second = web.child("app-b");
    TaskScope twin = web.child("app-a");
    TaskScope inFirst = first.child("handlers");
    TaskScope inTwin = twin.child("timers");
    TaskScope later = guard.root("later");

    assertThat(TaskScope.roots()).containsExactly(web, later);
    assertThat(web.children()).containsExactly(first, second, twin);
    assertThat(web.descendants()).containsExactly(first, inFirst, second, twin, inTwin);
    assertThat(web.parent()).isEmpty();
    assertThat(inFirst.parent()).contains(first);
    assertThat(first.path()).isEqualTo(twin.path()).isEqualTo("/web/app-a");
    assertThat(first.id()).isNotEqualTo(twin.id());
    assertThat(web.find("")).contains(web);
    assertThat(web.find("app-a")).contains(first);
    assertThat(web.find("app-a/timers")).contains(inTwin);
    assertThat(web.find("/app-a/handlers/")).contains(inFirst);
    assertThat(web.find("app-c")).isEmpty();
    assertThat(web.find("app-a/handlers/x")).isEmpty();
    assertThat(List.of(web.isBlock(), web.age().isNegative())).containsOnly(false);
    assertThat(web.toString()).contains("/web");
  }

  @Test
  void close_ofAScope_takesItOutOfTheTree() {
    TaskScope web = guard.root("web");
    TaskScope first = web.child("a");
    TaskScope second = web.child("b");
    TaskScope below = second.child("c");

    second.close();

    assertThat(web.children()).containsExactly(first);
    assertThat(web.descendants()).containsExactly(first);
    assertThat(below.state()).isEqualTo(ScopeState.CLOSED);
    assertThat(second.parent()).contains(web);
    assertThat(web.find("b")).isEmpty();
    assertThat(second.report().orElseThrow().children()).hasSize(1);
    assertThat(web.report()).isEmpty();
    second.close();
    first.close();
    assertThat(web.children()).isEmpty();
  }

  @Test
  void tasks_areOwnAndLive() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch release = guard.latch();
    Task<Void> own = web.spawn("own", () -> release.await());
    Task<Void> below = web.child("child").spawn("below", () -> release.await());
    Task<Integer> ended = web.spawn("ended", () -> 1);
    ended.get();

    assertThat(web.tasks()).containsExactly(own);
    release.countDown();
    own.get();
    below.get();
    assertThat(web.tasks()).isEmpty();
  }

  @Test
  void tasks_ofALongLivedScope_areNewestFirst() {
    TaskScope web = guard.root("web");
    CountDownLatch release = guard.latch();
    List<Task<?>> spawned = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      spawned.add(web.spawn("t", () -> release.await()));
    }
    Collections.reverse(spawned);

    assertThat(web.tasks()).isEqualTo(spawned);
  }

  @Test
  void tasks_ofABlock_areNewestFirst() {
    CountDownLatch release = guard.latch();
    List<Task<?>> spawned = new ArrayList<>();
    try (TaskScope block = TaskScope.open("block")) {
      for (int i = 0; i < 10; i++) {
        spawned.addFirst(block.spawn("t", () -> release.await()));
      }
      assertThat(block.tasks()).isEqualTo(spawned);
    }
  }

  @Test
  void snapshot_showsScopesAndTasksAsTheyAre() {
    TaskScope web = guard.root("web", o -> o.drainTimeout(Duration.ZERO));
    TaskScope app = web.child("app-a", o -> o.drainTimeout(Duration.ZERO));
    web.child("app-b");
    CountDownLatch never = guard.latch();
    AtomicReference<Task<?>> inner = new AtomicReference<>();
    Task<Void> outer =
        app.spawn(
            "outer",
            () -> {
              inner.set(web.spawn("inner", () -> never.await()));
              never.await();
            });
    await("park", () -> inner.get() != null && inner.get().taskState() == TaskState.PARKED);
    Instant before = Instant.now();

    Snapshot snapshot = web.snapshot();
    web.close();

    ScopeView top = snapshot.scope();
    assertThat(snapshot.takenAt()).isBetween(before, Instant.now());
    assertThat(top.children()).extracting(ScopeView::name).containsExactly("app-a", "app-b");
    assertThat(top.all())
        .extracting(ScopeView::path)
        .containsExactly("/web", "/web/app-a", "/web/app-b");
    assertThat(top.liveBelow()).isEqualTo(2);
    assertThat(top.find("/web/app-a").orElseThrow().live()).isEqualTo(1);
    assertThat(top.all()).extracting(ScopeView::state).containsOnly(ScopeState.OPEN);
    TaskView view = top.tasks().getFirst();
    assertThat(view.id()).isEqualTo(inner.get().id());
    assertThat(view.parentId()).isEqualTo(outer.id());
    assertThat(view.state()).isEqualTo(TaskState.PARKED);
    assertThat(view.path()).isEqualTo("/web");
    assertThat(view.thread()).isEqualTo("inner");
    assertThat(view.outcome()).isNull();
    assertThat(top.oldestTask()).isPositive();
    assertThat(web.view().oldestTask()).isZero();
  }

  @Test
  void snapshot_whileHooksAreToldOfTheEnd_doesNotShowTheClosedScope() {
    TaskScope web = guard.root("web");
    AtomicReference<ScopeView> seen = new AtomicReference<>();
    TaskHook looker =
        new TaskHook() {
          @Override
          public void scopeClosed(TaskScope scope) {
            seen.set(web.snapshot().scope());
          }
        };
    web.child("app-a", o -> o.hook(looker)).close();

    assertThat(seen.get().children()).isEmpty();
  }

  @Test
  void snapshot_whileTasksComeAndGo_addsUpInEveryScope() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope child = web.child("child");
    TaskScope churn = guard.root("churn");
    CountDownLatch stop = guard.latch();
    for (TaskScope target : List.of(web, child)) {
      churn.spawn(
          "churner",
          () -> {
            while (stop.getCount() > 0) {
              target.spawn("short", () -> {}).get();
            }
          });
    }
    for (int i = 0; i < 2_000; i++) {
      assertThat(web.snapshot().scope().all())
          .allSatisfy(
              view -> assertThat(view.started()).isEqualTo(view.finished().total() + view.live()));
    }
    stop.countDown();
    churn.join();
    assertThat(churn.view().finished().success()).isEqualTo(2);
  }

  @Test
  void cancel_ofASubtree_cancelsThereAndNowhereElse() {
    TaskScope web = guard.root("web");
    TaskScope app = web.child("app-a");
    CountDownLatch release = guard.latch();
    Task<Void> above = web.spawn("above", () -> release.await());
    Task<Void> own = app.spawn("own", () -> release.await());
    Task<Void> below = app.child("handlers").child("x").spawn("below", () -> release.await());

    app.cancel("maintenance");

    await("end", () -> own.isDone() && below.isDone());
    for (Task<Void> task : List.of(own, below)) {
      Outcome.Cancelled how = (Outcome.Cancelled) task.outcome().orElseThrow();
      assertThat(how.reason()).isEqualTo("maintenance");
    }
    assertThat(above.isDone()).isFalse();
    assertThat(app.state()).isEqualTo(ScopeState.OPEN);
    assertThat(app.spawn("next", () -> {}).cancel("unused") || app.tasks().isEmpty()).isTrue();
    assertThatThrownBy(() -> app.cancel(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shutdown_ofOneSubtree_leavesTheRestOpen() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope app = web.child("app-a");
    app.child("handlers");

    ShutdownReport report = app.shutdown(Duration.ofSeconds(5));

    assertThat(report.all())
        .extracting(ShutdownReport::path)
        .containsExactly("/web/app-a/handlers", "/web/app-a");
    assertThat(web.state()).isEqualTo(ScopeState.OPEN);
    assertThat(web.child("app-a").spawn("t", () -> 1).get()).isEqualTo(1);
    assertThatThrownBy(() -> app.child("late"))
        .isInstanceOf(ScopeClosedException.class)
        .hasMessageContaining("CLOSED")
        .hasMessageContaining("late");
  }
}
