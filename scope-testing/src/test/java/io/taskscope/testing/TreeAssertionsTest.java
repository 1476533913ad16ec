// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static io.taskscope.testing.TreeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.Outcome;
import io.taskscope.ScopeState;
import io.taskscope.ShutdownReport;
import io.taskscope.ShutdownReport.Result;
import io.taskscope.TaskScope;
import io.taskscope.view.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class TreeAssertionsTest {
  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private Snapshot tree() {
    TaskScope web = taskscope.root("web", o -> o.drainTimeout(Duration.ZERO));
    TaskScope app = web.child("app");
    CountDownLatch never = taskscope.latch();
    app.spawn("waits", () -> never.await());
    app.call("done", () -> {});
    return web.snapshot();
  }

  private static void assertFails(ThrowingCallable assertion, String... parts) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContainingAll(parts);
  }

  @Test
  void tree_asItIs_passes() {
    assertThat(tree())
        .hasScope("/web")
        .hasScope("/web/app")
        .hasNoScope("/web/other")
        .hasState("/web", ScopeState.OPEN)
        .hasLive("/web/app", 1)
        .hasLive("/web", 0)
        .hasTask("/web/app", "waits")
        .hasFinished("/web/app", Outcome.Kind.SUCCESS, 1)
        .hasFinished("/web/app", Outcome.Kind.FAILURE, 0);
  }

  @Test
  void tree_thatIsDifferent_failsAndShowsItself() {
    Snapshot tree = tree();

    assertFails(
        () -> assertThat(tree).hasScope("/web/shop"),
        "there is no scope /web/shop",
        "/web/app OPEN live=1 started=2 success=1",
        "\"waits\"");
    assertFails(() -> assertThat(tree).hasNoScope("/web"), "there is a scope /web");
    assertFails(
        () -> assertThat(tree).hasState("/web", ScopeState.CLOSED),
        "/web should be CLOSED, but is OPEN");
    assertFails(
        () -> assertThat(tree).hasLive("/web/app", 2), "should have 2 live tasks, but has 1");
    assertFails(() -> assertThat(tree).hasLive("/nowhere", 0), "there is no scope /nowhere");
    assertFails(() -> assertThat(tree).hasNoLiveTasks(), "no task should be live, but 1 are");
    assertFails(
        () -> assertThat(tree).hasTask("/web/app", "gone"), "live task \"gone\", but has [waits]");
    assertFails(
        () -> assertThat(tree).hasFinished("/web/app", Outcome.Kind.FAILURE, 3),
        "3 tasks with outcome FAILURE, but had 0");
  }

  @Test
  void tree_ofScopeAlone_hasNoLiveTasks() {
    TaskScope web = taskscope.root("web");

    assertThat(web.view()).hasNoLiveTasks().hasScope("/web").hasNoScope("/web/app");
  }

  @Test
  void report_ofShutdown_passesOrFails() {
    TaskScope web = taskscope.root("web");
    web.child("app");
    web.onClose("good", () -> {});
    web.onClose(
        "bad",
        () -> {
          throw new IOException("no");
        });

    ShutdownReport report = web.shutdown(Duration.ofSeconds(5));

    assertThat(report)
        .hasResult(Result.CANCELLED)
        .closedInOrder("/web/app", "/web")
        .abandoned()
        .closedResource("good");
    assertFails(
        () -> assertThat(report).isClean(), "should be CLEAN, but is CANCELLED", "/web/app");
    assertFails(
        () -> assertThat(report).closedInOrder("/web", "/web/app"), "but did as [/web/app, /web]");
    assertFails(() -> assertThat(report).abandoned("x"), "should be [x], but are []");
    assertFails(() -> assertThat(report).closedResource("bad"), "no resource \"bad\"");
    assertFails(() -> assertThat(report).closedResource("other"), "no resource \"other\"");
  }
}
