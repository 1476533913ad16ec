// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The deadline of a shutdown holds although there is more to do than there is time. */
@Timeout(60)
class ShutdownLimitTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static final Duration DEADLINE = Duration.ofMillis(100);

  @Test
  void shutdown_whenTheEngineHasNoTime_returnsAtTheDeadlineAndGoesOn() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope handlers = web.child("app").child("handlers");
    CountDownLatch busy = guard.latch();
    CountDownLatch stuck = guard.latch();
    handlers.spawn("first", () -> awaitStubbornly(stuck));
    handlers.spawn("GET /stuck", () -> awaitStubbornly(stuck));
    handlers.spawn("GET /stuck", () -> awaitStubbornly(stuck));
    ShutdownEngine.enqueue(() -> awaitStubbornly(busy));

    ShutdownReport report = web.shutdown(DEADLINE); // for ever, if it waited for the engine

    assertThat(report.unfinished()).isEqualTo(3);
    assertThat(report.result()).isEqualTo(ShutdownReport.Result.ABANDONED);
    assertThat(report.deadline()).contains(DEADLINE);
    assertThat(report.toString())
        .contains("scopes were still being closed when this report was made, which goes on: 3")
        .containsPattern("/web +CLOSING")
        .contains("still live: task ", "\"first\" of /web/app/handlers, ")
        .contains("still live: 2 tasks \"GET /stuck\" of /web/app/handlers, the first of them ");
    assertThat(report.live())
        .extracting(ShutdownReport.AbandonedTask::name)
        .containsExactlyInAnyOrder("first", "GET /stuck", "GET /stuck");
    assertThat(web.report()).isEmpty();

    stuck.countDown();
    handlers.join();
    busy.countDown();
    await("the end", () -> web.state() == ScopeState.CLOSED);
    assertThat(web.report().orElseThrow().unfinished()).isZero();
    assertThat(web.report().orElseThrow().live()).isEmpty();
  }

  @Test
  void shutdown_ofVeryManyTasksWhenTheEngineHasNoTime_namesSomeOfThem() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch busy = guard.latch();
    CountDownLatch stuck = guard.latch();
    TaskScope inside = web.child("app");
    for (int i = 0; i < 3_000; i++) {
      (i % 2 == 0 ? web : inside).spawn("wait", () -> awaitStubbornly(stuck));
    }
    ShutdownEngine.enqueue(() -> awaitStubbornly(busy));

    assertThat(web.shutdown(Duration.ZERO).live()).hasSize(1_000);

    stuck.countDown();
    web.join();
    busy.countDown();
    await("the end", () -> web.state() == ScopeState.CLOSED);
  }

  @Test
  void shutdown_tightenedWhileTheEngineHasNoTime_returnsAtTheNewDeadline() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch busy = guard.latch();
    ShutdownEngine.enqueue(() -> awaitStubbornly(busy));
    ShutdownReport[] first = new ShutdownReport[1];
    Thread waiting =
        Thread.ofPlatform().start(() -> first[0] = web.shutdown(Duration.ofMinutes(10)));
    await("wait", () -> waiting.getState() == Thread.State.TIMED_WAITING);

    web.shutdown(DEADLINE);
    waiting.join(Duration.ofSeconds(20));

    assertThat(waiting.isAlive()).isFalse();
    assertThat(first[0].unfinished()).isEqualTo(1);
    busy.countDown();
    await("the end", () -> web.state() == ScopeState.CLOSED);
  }

  @Test
  void shutdown_ofFiftyThousandScopes_keepsItsDeadline() {
    TaskScope web = guard.root("web");
    for (int i = 0; i < 500; i++) {
      TaskScope app = web.child("app");
      for (int j = 0; j < 100; j++) {
        app.child("handlers");
      }
    }
    long begun = System.nanoTime();

    web.shutdown(DEADLINE);

    // Far above what is promised, for a loaded machine, and below what closing them all takes.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    await("the end", () -> web.state() == ScopeState.CLOSED);
  }

  @Test
  void hookThatBlocksForEachOfManyScopes_holdsFewThreadsAndIsToldOfAll() {
    CountDownLatch blocked = guard.latch();
    AtomicInteger told = new AtomicInteger();
    TaskHook slow =
        new TaskHook() {
          @Override
          public void scopeClosed(TaskScope scope) {
            awaitStubbornly(blocked);
            told.incrementAndGet();
          }
        };
    TaskScope web = guard.root("web", o -> o.hook(slow));
    for (int i = 0; i < 499; i++) {
      web.child("app");
    }

    web.shutdown(DEADLINE);

    long tellers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("taskscope-"))
            .count();
    assertThat(tellers).isLessThan(50);
    blocked.countDown();
    await("all are told", () -> told.get() == 500);
  }
}
