// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.view.ScopeView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The JVM cannot start a virtual thread, as when there is no memory for it. */
@Timeout(30)
class StartFailureTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final AtomicBoolean failing = new AtomicBoolean(true);
  private final List<Throwable> reported = new CopyOnWriteArrayList<>();

  @BeforeEach
  void failToStart() {
    ScopeContainers.maker =
        new ScopeContainers.Maker(
            what -> new Object(),
            (thread, container) -> {
              if (failing.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              thread.start();
            });
  }

  @AfterEach
  void startAgain() {
    ScopeContainers.maker = null;
  }

  private TaskScope root() {
    return guard.root(
        "web",
        o ->
            o.onFailure(
                (task, error) -> {
                  reported.add(error);
                  return Decision.HANDLED;
                }));
  }

  @Test
  void spawn_withoutMemory_throwsAndCountsStayExact() throws Exception {
    TaskScope web = root();

    assertThatThrownBy(() -> web.spawn("t", () -> 1)).isInstanceOf(OutOfMemoryError.class);

    ScopeView view = web.view();
    assertThat(view.live()).isZero();
    assertThat(view.started()).isEqualTo(1);
    assertThat(view.finished().failure()).isEqualTo(1);
    assertThat(reported).as("the caller has it").isEmpty();
    web.join();

    failing.set(false);
    assertThat(web.spawn("t", () -> 1).get()).isEqualTo(1);
  }

  @Test
  void block_withoutMemory_endsAndJoinThrows() {
    try (TaskScope block = TaskScope.open("block")) {
      assertThatThrownBy(() -> block.spawn("t", () -> 1)).isInstanceOf(OutOfMemoryError.class);
      assertThatThrownBy(block::join)
          .isInstanceOf(TaskFailedException.class)
          .hasCauseInstanceOf(OutOfMemoryError.class);
    }
  }

  @Test
  void timer_withoutMemory_reportsTheTickAndGoesOn() {
    TaskScope web = root();
    Timer timer = web.every("tick", Duration.ofMillis(5), () -> {});
    await("a report", () -> !reported.isEmpty());
    assertThat(reported.getFirst()).isInstanceOf(OutOfMemoryError.class);
    assertThat(timer.isActive()).isTrue();

    failing.set(false);
    await("a tick", () -> timer.ticks() > 0);
  }
}
