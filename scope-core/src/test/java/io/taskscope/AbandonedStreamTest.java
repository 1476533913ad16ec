// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stream of completions that is closed before all is read loses no failure. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AbandonedStreamTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final Queue<String> reported = new ConcurrentLinkedQueue<>();

  private TaskScope supervised() {
    return guard.root(
        "web",
        o ->
            o.onFailure(
                (task, error) -> {
                  reported.add(String.valueOf(error.getMessage()));
                  return Decision.HANDLED;
                }));
  }

  private static Task<?> failing(TaskScope scope, CountDownLatch when, String message) {
    return scope.spawn(
        "t",
        () -> {
          when.await();
          throw new IOException(message);
        });
  }

  @Test
  void asCompleted_closedBeforeATaskFails_leavesTheFailureToTheHandler() {
    CountDownLatch fail = guard.latch();
    Task<?> task = failing(supervised(), fail, "later");
    TaskScope.asCompleted(List.of(task)).close();

    fail.countDown();

    await("report", () -> !reported.isEmpty());
    assertThat(reported).containsExactly("later");
  }

  @Test
  void asCompleted_closedWithAFailureUnread_leavesItToTheHandler() {
    CountDownLatch fail = guard.latch();
    Task<?> task = failing(supervised(), fail, "unread");
    Completions<?> ended = TaskScope.asCompleted(List.of(task));
    fail.countDown();
    await("end", task::isDone);
    Eventually.holds(() -> ((CompletionBuffer<?>) ended).unread() == 1);
    assertThat(reported).isEmpty();

    ended.close();

    assertThat(reported).containsExactly("unread");
  }

  @Test
  void asCompleted_closedAfterTheFailureWasRead_reportsNothing() throws Exception {
    CountDownLatch fail = guard.latch();
    TaskScope web = supervised();
    Task<?> task = failing(web, fail, "read");
    try (Completions<?> ended = TaskScope.asCompleted(List.of(task))) {
      fail.countDown();
      assertThat(ended.next().orElseThrow().error()).hasMessage("read");
    }

    web.close();
    assertThat(reported).isEmpty();
  }

  @Test
  void completions_closedWithAFailureUnread_leavesItToTheHandler() {
    CountDownLatch fail = guard.latch();
    TaskScope web = supervised();
    Completions<?> ended = web.completions();
    Task<?> task = failing(web, fail, "unread");
    fail.countDown();
    await("end", task::isDone);

    ended.close();

    assertThat(reported).containsExactly("unread");
  }
}
