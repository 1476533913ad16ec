// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What hooks hear of blocks on the thread that is in them, and how they tell a shutdown. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockHooksTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  @Test
  void blockLeft_isCalledOnTheOpeningThread_beforeTheEnd_andBackwards() throws Exception {
    TaskScope web = guard.root("web", o -> o.hook(new Brackets("a")).hook(new Brackets("b")));
    calls.clear();
    web.call(
        "request",
        () -> {
          try (TaskScope block = TaskScope.open("checkout")) {
            block.spawn("price", () -> 1);
            block.join();
          }
        });

    String here = Thread.currentThread().getName();
    assertThat(calls)
        .containsExactly(
            "a.opened " + here,
            "b.opened " + here,
            "b.left " + here + " inside",
            "a.left " + here + " inside",
            "b.closed",
            "a.closed");
  }

  @Test
  void blockLeft_byAnotherThread_isNotCalled() throws Exception {
    TaskScope web = guard.root("web", o -> o.hook(new Brackets("a")));
    calls.clear();
    web.call(
        "request",
        () -> {
          TaskScope block = TaskScope.open("checkout");
          Thread other = Thread.ofPlatform().start(block::close);
          other.join();
          return block;
        });

    assertThat(calls).containsExactly("a.opened " + Thread.currentThread().getName(), "a.closed");
  }

  @Test
  void isShuttingDown_holdsFromTheRequestOn() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope app = web.child("app");
    CountDownLatch release = new CountDownLatch(1);
    app.spawn("holds", () -> awaitStubbornly(release));
    assertThat(web.isShuttingDown()).isFalse();

    Thread closer = Thread.ofVirtual().start(() -> web.shutdown(Duration.ofSeconds(30)));
    await("the drain", () -> app.state() == ScopeState.DRAINING);
    assertThat(web.state()).isEqualTo(ScopeState.OPEN);
    assertThat(web.isShuttingDown()).isTrue();
    assertThat(app.isShuttingDown()).isTrue();
    release.countDown();
    closer.join();
    assertThat(web.isShuttingDown()).isTrue();
  }

  private final class Brackets implements TaskHook {
    private final String name;

    Brackets(String name) {
      this.name = name;
    }

    @Override
    public void scopeOpened(TaskScope scope) {
      if (scope.isBlock()) {
        calls.add(name + ".opened " + Thread.currentThread().getName());
      }
    }

    @Override
    public void blockLeft(TaskScope block) {
      boolean inside = TaskScope.current().filter(block::equals).isPresent();
      calls.add(
          name + ".left " + Thread.currentThread().getName() + (inside ? " inside" : " outside"));
    }

    @Override
    public void scopeClosed(TaskScope scope) {
      if (scope.isBlock()) {
        calls.add(name + ".closed");
      }
    }
  }
}
