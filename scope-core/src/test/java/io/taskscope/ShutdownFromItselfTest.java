// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Code that a shutdown calls asks for that shutdown, and cannot wait for its end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShutdownFromItselfTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @Test
  void resource_thatClosesItsScope_doesNotWaitForItself() {
    TaskScope web = guard.root("web");
    CompletableFuture<ShutdownReport> inner = new CompletableFuture<>();
    web.onClose("again", () -> inner.complete(web.shutdown(Duration.ofMinutes(5))));

    ShutdownReport report = web.shutdown(Duration.ofMinutes(5));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(report.resources())
        .singleElement()
        .satisfies(resource -> assertThat(resource.timedOut()).isFalse());
    assertThat(inner.join().unfinished()).isOne();
    assertThat(inner.join().toString()).contains("still being closed");
  }

  @Test
  void resource_thatClosesTheScopeAround_closesItToo() {
    TaskScope web = guard.root("web");
    TaskScope app = web.child("app");
    app.onClose("all", web::close);

    ShutdownReport report = app.shutdown(Duration.ofMinutes(5));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    web.shutdown(Duration.ofMinutes(5));
    assertThat(web.state()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void hook_thatClosesTheClosingScope_doesNotWaitForItself() {
    CompletableFuture<ShutdownReport> inner = new CompletableFuture<>();
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.hook(
                    new TaskHook() {
                      @Override
                      public void scopeClosing(TaskScope scope) {
                        inner.complete(scope.shutdown(Duration.ofMinutes(5)));
                      }
                    }));

    ShutdownReport report = web.shutdown(Duration.ofMinutes(5));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(inner.join().path()).isEqualTo("/web");
  }
}
