// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.taskscope.Completions;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Each violation is committed by a test of its own, which has to fail, and say why. */
@Timeout(60)
class TaskscopeExtensionTest {

  /** Run by the tests below, not by the build: it is no class that a build looks for. */
  static class Cases {
    @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

    private static void failingHook() {
      try (HookRegistration hook = Hooks.add(new Failing())) {
        TaskScope.root("hooked").close();
        assertThat(hook.status().failures()).isNotEmpty();
      }
    }

    private void leak() {
      TaskScope web =
          taskscope.root(
              "web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(1)));
      Task<Void> task =
          web.spawn(
              "stubborn",
              () -> {
                long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
                while (System.nanoTime() - until < 0) {
                  LockSupport.parkNanos(1_000_000);
                }
              });
      Eventually.holds(task::hasStarted);
      web.shutdown(Duration.ofMillis(10));
    }

    private void dropCompletions() throws InterruptedException {
      TaskScope web = taskscope.root("web");
      try (Completions<Object> nobodyReads = web.completions()) {
        for (int i = 0; i < 1_030; i++) {
          web.call("t", () -> {});
        }
        assertThat(nobodyReads.dropped()).isEqualTo(6);
      }
    }

    @Test
    void wellBehaved() throws Exception {
      TaskScope web = taskscope.root("web", o -> o.clock(taskscope.clock()));
      CountDownLatch never = new CountDownLatch(1);
      web.child("app").spawn("waits for ever", () -> never.await());
      web.every("tick", Duration.ofSeconds(1), () -> {});
      try (TaskScope block = TaskScope.open("block")) {
        block.spawn("quick", () -> 1);
        block.join();
      }
    }

    @Test
    void closesFromInside() throws Exception {
      TaskScope web = taskscope.root("web");
      web.spawn("closes its own scope", web::close).get();
    }

    @Test
    void waitsForLatch() {
      TaskScope web =
          taskscope.root("web", o -> o.clock(taskscope.clock()).cancelTimeout(Duration.ZERO));
      CountDownLatch latch = taskscope.latch();
      web.spawn(
          "stubborn",
          () -> {
            while (latch.getCount() > 0) {
              LockSupport.parkNanos(1_000_000);
            }
          });
    }

    @Test
    void leavesRootOpen() {
      assertThat(TaskScope.root("forgotten").path()).isEqualTo("/forgotten");
    }

    @Test
    void leavesBlockOpen() {
      TaskScope web = taskscope.root("web");
      assertThat(web.path()).isEqualTo("/web");
      assertThat(TaskScope.open("unclosed").isBlock()).isTrue();
    }

    @Test
    void hookFails() {
      failingHook();
    }

    @Test
    void hookFailsAsExpected() {
      taskscope.expectHookFailures();
      failingHook();
    }

    @Test
    void leaks() {
      leak();
    }

    @Test
    void leaksAsExpected() {
      taskscope.expectLeaks();
      leak();
    }

    @Test
    void drops() throws Exception {
      dropCompletions();
    }

    @Test
    void dropsAsExpected() throws Exception {
      taskscope.expectDrops();
      dropCompletions();
    }

    @Test
    void failsAndLeavesRootOpen() {
      TaskScope.root("forgotten");
      throw new IllegalStateException("the test itself");
    }
  }

  /** A hook that always fails. */
  static final class Failing implements TaskHook {
    @Override
    public void scopeOpened(TaskScope scope) {
      throw new IllegalStateException("failing hook");
    }
  }

  private static Throwable failureOf(String test) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Cases.class, test))
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.started(1).failed(1))
        .failed()
        .stream()
        .findFirst()
        .flatMap(Event::getPayload)
        .map(org.junit.platform.engine.TestExecutionResult.class::cast)
        .flatMap(org.junit.platform.engine.TestExecutionResult::getThrowable)
        .orElseThrow();
  }

  private static void assertSucceeds(String test) {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Cases.class, test))
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.started(1).succeeded(1));
  }

  private static void assertNothingIsLeft() {
    assertThat(TaskScope.roots()).isEmpty();
    assertThat(TaskScope.current()).isEmpty();
  }

  @Test
  void wellBehavedTest_succeedsWithoutWaitingForItsTimeouts() {
    long before = System.nanoTime();
    assertSucceeds("wellBehaved");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
    assertNothingIsLeft();
  }

  @Test
  void scopeClosedByItsOwnTask_succeeds() {
    assertSucceeds("closesFromInside");
  }

  @Test
  void latch_isOpenedBeforeTheShutdown() {
    assertSucceeds("waitsForLatch");
  }

  @Test
  void rootLeftOpen_isReportedAndClosed() {
    assertThat(failureOf("leavesRootOpen"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("leavesRootOpen()")
        .hasMessageContaining("root /forgotten (id ")
        .hasMessageContaining("was left open");
    assertNothingIsLeft();
  }

  @Test
  void blockLeftOpen_isReportedAndClosed() {
    assertThat(failureOf("leavesBlockOpen"))
        .hasMessageContaining("the thread of the test is still in scope /unclosed");
    assertNothingIsLeft();
  }

  @Test
  void failingHook_isReportedUnlessExpected() {
    assertThat(failureOf("hookFails"))
        .hasMessageContaining("Failing failed 1 times in scopeOpened");
    assertSucceeds("hookFailsAsExpected");
  }

  @Test
  void leak_isReportedUnlessExpected() {
    assertThat(failureOf("leaks"))
        .hasMessageContaining("scope /web: task ")
        .hasMessageContaining("\"stubborn\" abandoned");
    assertSucceeds("leaksAsExpected");
  }

  @Test
  void drops_areReportedUnlessExpected() {
    assertThat(failureOf("drops")).hasMessageContaining("6 completions were dropped");
    assertSucceeds("dropsAsExpected");
  }

  @Test
  void failureOfTheTestItself_comesFirst() {
    Throwable thrown = failureOf("failsAndLeavesRootOpen");

    assertThat(thrown).hasMessage("the test itself");
    assertThat(thrown.getSuppressed()).anyMatch(e -> e.getMessage().contains("was left open"));
    assertNothingIsLeft();
  }

  @Test
  void root_outsideOfATest_throws() {
    assertThatThrownBy(() -> new TaskscopeExtension().root("web"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no test is running");
  }

  @Test
  @ExtendWith(TaskscopeExtension.class)
  void parameters_areTheExtensionARootAndAClock(
      TaskScope scope, TestClock clock, TaskscopeExtension taskscope) {
    assertThat(scope.path()).isEqualTo("/test");
    assertThat(TaskScope.roots()).contains(scope);
    assertThat(taskscope.clock()).isSameAs(clock);
    assertThat(taskscope.root("another").path()).isEqualTo("/another");
  }
}
