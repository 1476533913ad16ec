// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.TaskHook;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A failure reaches one place, exactly once: the caller who gets it, or a handler, or the log. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailureOnceTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();
  private final List<Throwable> reported = new CopyOnWriteArrayList<>();
  private LogCapture log;

  @BeforeEach
  void captureLog() {
    log = LogCapture.of("io.taskscope");
  }

  @AfterEach
  void releaseLog() {
    log.close();
  }

  private Decision report(Task<?> task, Throwable error) {
    reported.add(error);
    return Decision.HANDLED;
  }

  /** Lets everything happen that a task's thread still does after the task has left its scope. */
  private static void awaitEndOf(Thread thread) {
    await("end of " + thread, () -> !thread.isAlive());
  }

  @Test
  void failure_ofABlockThatIsNotJoined_isReportedOnce() {
    CountDownLatch failed = new CountDownLatch(1);
    try (TaskScope block = TaskScope.open("block", o -> o.onFailure(this::report))) {
      Task<?> task =
          block.spawn(
              "failing",
              () -> {
                throw new IOException("unseen");
              });
      await("end", task::isDone);
      failed.countDown();
    }
    await("report", () -> !reported.isEmpty());
    assertThat(reported).hasSize(1);
    assertThat(reported.getFirst()).hasMessage("unseen");
  }

  @Test
  void failure_thrownByJoin_isNotReported() {
    Thread[] thread = new Thread[1];
    try (TaskScope block = TaskScope.open("block", o -> o.onFailure(this::report))) {
      block.spawn(
          "failing",
          () -> {
            thread[0] = Thread.currentThread();
            throw new IOException("x");
          });
      assertThatThrownBy(block::join).isInstanceOf(TaskFailedException.class);
    }
    awaitEndOf(thread[0]);
    assertThat(reported).isEmpty();
  }

  @Test
  void failure_thrownByJoinInATask_isReportedOnceInAll() throws Exception {
    TaskScope web = guard.root("web", o -> o.onFailure(this::report));
    Task<?> owner =
        web.spawn(
            "owner",
            () -> {
              try (TaskScope block = TaskScope.open("block")) {
                block.spawn(
                    "failing",
                    () -> {
                      throw new IOException("x");
                    });
                block.join();
              }
            });
    Thread thread = owner.thread().orElse(null);
    await("end", owner::isDone);
    if (thread != null) {
      awaitEndOf(thread);
    }
    await("report", () -> !reported.isEmpty());
    assertThat(reported).hasSize(1);
    assertThat(reported.getFirst()).isInstanceOf(TaskFailedException.class);
  }

  @Test
  void failure_ofACallInABlock_isNotReported() {
    assertThatThrownBy(
            () -> {
              try (TaskScope block = TaskScope.open("block", o -> o.onFailure(this::report))) {
                block.call(
                    "failing",
                    () -> {
                      throw new IOException("to the caller");
                    });
              }
            })
        .hasMessage("to the caller");
    assertThat(reported).isEmpty();
  }

  @Test
  void failure_retrievedByGetInABlock_isNotReported() {
    CountDownLatch go = guard.latch();
    Thread waiting = Thread.currentThread();
    Thread.ofPlatform()
        .start(
            () -> {
              await("wait", () -> waiting.getState() == Thread.State.WAITING);
              go.countDown();
            });
    assertThatThrownBy(
            () -> {
              try (TaskScope block = TaskScope.open("block", o -> o.onFailure(this::report))) {
                block
                    .spawn(
                        "failing",
                        () -> {
                          go.await();
                          throw new IOException("x");
                        })
                    .get();
              }
            })
        .isInstanceOf(ExecutionException.class);
    assertThat(reported).isEmpty();
  }

  @Test
  void failure_retrievedByGetOnlyAfterTheEndInABlock_isNotReported() {
    assertThatThrownBy(
            () -> {
              try (TaskScope block = TaskScope.open("block", o -> o.onFailure(this::report))) {
                Task<?> task =
                    block.spawn(
                        "failing",
                        () -> {
                          throw new IOException("x");
                        });
                await("end", task::isDone);
                task.get();
              }
            })
        .isInstanceOf(ExecutionException.class);
    assertThat(reported).isEmpty();
  }

  @Test
  void failure_whileAGetTimesOut_isReported() {
    CountDownLatch timedOut = guard.latch();
    CountDownLatch go = guard.latch();
    TaskHook slow =
        new TaskHook() {
          @Override
          public void taskFinished(Task<?> task) {
            awaitStubbornly(timedOut);
          }
        };
    TaskScope web = guard.root("web", o -> o.hook(slow).onFailure(this::report));
    Task<?> task =
        web.spawn(
            "failing",
            () -> {
              go.await();
              throw new IOException("x");
            });
    Thread waiting = Thread.currentThread();
    Thread.ofPlatform()
        .start(
            () -> {
              await("wait", () -> waiting.getState() == Thread.State.TIMED_WAITING);
              go.countDown();
            });

    assertThatThrownBy(() -> task.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    timedOut.countDown();

    await("report", () -> !reported.isEmpty());
    assertThat(reported).hasSize(1);
  }

  @Test
  void error_takenOutOfTheExecutionExceptionAndRethrown_isNotReportedAgain() throws Exception {
    TaskScope web = guard.root("web", o -> o.onFailure(this::report));
    Task<?> failing =
        web.spawn(
            "failing",
            () -> {
              throw new IOException("x");
            });
    await("report", () -> !reported.isEmpty());

    Thread[] thread = new Thread[1];
    Task<?> rethrowing =
        web.spawn(
            "rethrowing",
            () -> {
              thread[0] = Thread.currentThread();
              try {
                failing.get();
              } catch (ExecutionException e) {
                throw (Exception) e.getCause();
              }
            });
    await("end", rethrowing::isDone);
    awaitEndOf(thread[0]);

    assertThat(reported).hasSize(1);
  }

  @Test
  void handlerThatThrows_doesNotGrowAnErrorThatIsThrownAgainAndAgain() throws Exception {
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.onFailure(
                    (task, error) -> {
                      throw new IllegalStateException("broken");
                    }));
    RuntimeException shared = new RuntimeException("shared");
    for (int i = 0; i < 1_000; i++) {
      web.spawn(
          "failing",
          () -> {
            throw shared;
          });
    }
    await("end", () -> web.view().finished().failure() == 1_000);
    await("log", () -> log.records.size() == FailureLog.IN_FULL);

    assertThat(shared.getSuppressed()).hasSizeLessThan(100);
  }

  private static final class BadMessage extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("getMessage fails");
    }
  }

  private static final class BadCause extends RuntimeException {
    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("getCause fails");
    }
  }

  @Test
  void errorWhoseGetMessageThrows_inABlock_isAFailureLikeAnyOther() {
    BadMessage error = new BadMessage();
    try (TaskScope block = TaskScope.open("block", o -> o.onFailure(this::report))) {
      Task<?> task =
          block.spawn(
              "failing",
              () -> {
                throw error;
              });
      await("end", task::isDone);
      assertThatThrownBy(block::join).isInstanceOf(TaskFailedException.class);
      assertThat(task.exceptionNow()).isSameAs(error);
    }
  }

  @Test
  void errorWhoseGetCauseThrows_afterCancel_isAFailureLikeAnyOther() {
    TaskScope web = guard.root("web", o -> o.onFailure(this::report));
    CountDownLatch never = guard.latch();
    Task<?> task =
        web.spawn(
            "failing",
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new BadCause();
              }
            });
    await("start", task::hasStarted);
    task.cancel("stop");

    await("end", task::isDone);
    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Failure.class);
  }

  @Test
  void closeScope_answeredAfterTheBlockWasLeft_doesNothing() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch leftBlock = guard.latch();
    Thread[] thread = new Thread[1];
    TaskScope left;
    try (TaskScope block =
        TaskScope.open(
            "block",
            o ->
                o.policy(Policy.SUPERVISE)
                    .onFailure(
                        (task, error) -> {
                          awaitStubbornly(leftBlock);
                          return Decision.CLOSE_SCOPE;
                        }))) {
      left = block;
      Task<?> task =
          block.spawn(
              "failing",
              () -> {
                thread[0] = Thread.currentThread();
                throw new IOException("x");
              });
      await("end", task::isDone);
      block.join();
    }
    assertThat(left.state()).isEqualTo(ScopeState.CLOSED);
    leftBlock.countDown();
    awaitEndOf(thread[0]);
    TaskScope.root("next")
        .shutdown(java.time.Duration.ofSeconds(5)); // whatever was asked for is done

    assertThat(TaskScope.roots()).containsExactly(web);
  }
}
