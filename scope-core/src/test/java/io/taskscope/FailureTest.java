// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is told of a failed task. What is told twice or never is in FailureOnceTest. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailureTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private LogCapture log;

  @BeforeEach
  void captureLog() {
    log = LogCapture.of("io.taskscope");
  }

  @AfterEach
  void releaseLog() {
    log.close();
  }

  private FailureHandler answering(String name, Decision decision) {
    return (task, error) -> {
      asked.add(name + ": " + error.getMessage());
      return decision;
    };
  }

  private static Task<Void> failIn(TaskScope scope, Throwable error) {
    TaskAction<Throwable> body =
        () -> {
          throw error;
        };
    return scope.spawn("failing", body);
  }

  @Test
  void failure_isShownToTheInnermostHandlerFirst() {
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    TaskScope app = web.child("app", o -> o.onFailure(answering("app", Decision.ESCALATE)));
    TaskScope bare = app.child("bare");
    TaskScope inner = bare.child("inner", o -> o.onFailure(answering("inner", Decision.ESCALATE)));

    failIn(inner, new IOException("x"));
    await("handlers", () -> asked.size() == 3);

    assertThat(asked).containsExactly("inner: x", "app: x", "web: x");
    assertThat(log.records).isEmpty();
  }

  @Test
  void handled_endsTheMatter() throws Exception {
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    TaskScope app = web.child("app", o -> o.onFailure(answering("app", Decision.HANDLED)));

    Task<Void> task = failIn(app, new IOException("x"));
    await("handler", () -> !asked.isEmpty());

    assertThat(asked).containsExactly("app: x");
    assertThat(app.state()).isEqualTo(ScopeState.OPEN);
    assertThat(app.spawn("next", () -> 1).get()).isEqualTo(1);
    assertThat(((TaskRun<?>) task).reported).isTrue();
  }

  @Test
  void handler_seesAFinishedTaskThatHasLeft() {
    AtomicReference<String> seen = new AtomicReference<>();
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.onFailure(
                    (task, error) -> {
                      boolean same =
                          task.outcome().equals(java.util.Optional.of(new Outcome.Failure(error)));
                      seen.set(
                          same
                              + " "
                              + task.isDone()
                              + " "
                              + task.scope().view().live()
                              + " "
                              + Thread.currentThread().getName()
                              + " "
                              + Task.current().isEmpty());
                      return Decision.HANDLED;
                    }));
    failIn(web, new IOException("x"));
    await("handler", () -> seen.get() != null);

    assertThat(seen).hasValue("true true 0 failing true");
  }

  @Test
  void unhandledFailure_isLoggedWithPathAndTask() {
    TaskScope app =
        guard.root("web").child("app", o -> o.onFailure(answering("a", Decision.ESCALATE)));
    IOException error = new IOException("disk full");

    failIn(app, error);
    await("log", () -> !log.records.isEmpty());

    assertThat(log.records).hasSize(1);
    assertThat(log.records.getFirst().getLevel()).isEqualTo(Level.SEVERE);
    assertThat(log.records.getFirst().getThrown()).isSameAs(error);
    assertThat(log.messages().getFirst()).contains("/web/app").contains("\"failing\"");
  }

  @Test
  void closeScope_shutsDownTheScopeOfTheHandler() throws Exception {
    TaskScope web = guard.root("web");
    TaskScope app =
        web.child(
            "app",
            o -> o.drainTimeout(Duration.ZERO).onFailure(answering("app", Decision.CLOSE_SCOPE)));
    TaskScope inner = app.child("inner", o -> o.drainTimeout(Duration.ZERO));
    TaskScope other = web.child("other");
    CountDownLatch never = guard.latch();
    Task<Void> sibling = app.spawn("sibling", () -> never.await());

    failIn(inner, new IOException("x"));
    await("end", () -> app.state() == ScopeState.CLOSED);

    assertThat(inner.state()).isEqualTo(ScopeState.CLOSED);
    assertThat(sibling.isCancelled()).isTrue();
    assertThat(web.state()).isEqualTo(ScopeState.OPEN);
    assertThat(other.spawn("t", () -> 1).get()).isEqualTo(1);
    assertThat(log.records).isEmpty();
  }

  @Test
  void handlerThatThrows_escalatesWithItsErrorSuppressed() {
    IllegalStateException broken = new IllegalStateException("broken");
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    TaskScope app =
        web.child(
            "app",
            o ->
                o.onFailure(
                    (task, error) -> {
                      throw broken;
                    }));
    IOException error = new IOException("x");

    failIn(app, error);
    await("handler", () -> !asked.isEmpty());

    assertThat(asked).containsExactly("web: x");
    assertThat(error.getSuppressed()).containsExactly(broken);
  }

  @Test
  void handlerThatThrowsTheErrorItself_escalates() {
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    RuntimeException error = new RuntimeException("x");
    failIn(
        web.child(
            "app",
            o ->
                o.onFailure(
                    (task, thrown) -> {
                      throw error;
                    })),
        error);
    await("handler", () -> !asked.isEmpty());

    assertThat(asked).containsExactly("web: x");
    assertThat(error.getSuppressed()).isEmpty();
  }

  @Test
  void handlerThatAnswersNull_escalates() {
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    IOException error = new IOException("x");

    failIn(web.child("app", o -> o.onFailure((task, thrown) -> null)), error);
    await("handler", () -> !asked.isEmpty());

    assertThat(asked).containsExactly("web: x");
    assertThat(error.getSuppressed()[0]).hasMessageContaining("null");
  }

  @Test
  void handlerThatThrowsAnError_escalatesToTheLog() throws Exception {
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.onFailure(
                    (task, error) -> {
                      throw new StackOverflowError();
                    }));

    failIn(web, new IOException("x"));
    await("log", () -> !log.records.isEmpty());

    assertThat(log.records.getFirst().getThrown()).hasMessage("x");
    assertThat(web.spawn("next", () -> 1).get()).isEqualTo(1);
  }

  @Test
  void handlerThatBlocks_holdsNeitherJoinNorShutdown() throws Exception {
    CountDownLatch never = guard.latch();
    CountDownLatch called = new CountDownLatch(1);
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.onFailure(
                    (task, error) -> {
                      called.countDown();
                      awaitStubbornly(never);
                      return Decision.HANDLED;
                    }));
    failIn(web, new IOException());
    called.await();

    web.join();
    ShutdownReport report = web.shutdown(Duration.ofSeconds(20));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(never.getCount()).isEqualTo(1);
  }

  @Test
  void failure_awaitedByGet_isNotReported() {
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    CountDownLatch go = guard.latch();
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
              await("wait", () -> waiting.getState() == Thread.State.WAITING);
              go.countDown();
            });

    assertThatThrownBy(task::get).isInstanceOf(ExecutionException.class);

    web.shutdown(Duration.ofSeconds(5)); // whatever was to be told has been told
    assertThat(asked).isEmpty();
    assertThat(log.records).isEmpty();
  }

  @Test
  void failure_afterAGetThatTimedOut_isReported() {
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    CountDownLatch go = guard.latch();
    Task<?> task =
        web.spawn(
            "failing",
            () -> {
              go.await();
              throw new IOException("x");
            });
    assertThatThrownBy(() -> task.get(1, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);

    go.countDown();

    await("handler", () -> !asked.isEmpty());
    assertThat(asked).containsExactly("web: x");
  }

  @Test
  void error_ofATaskThatRethrowsAReportedOne_isNotReportedAgain() throws Exception {
    TaskScope web = guard.root("web", o -> o.onFailure(answering("web", Decision.HANDLED)));
    Task<Void> failing = failIn(web, new IOException("x"));
    await("handler", () -> !asked.isEmpty());

    Task<Void> direct = web.spawn("rethrows", () -> failing.get());
    Task<Void> wrapped =
        web.spawn(
            "wraps",
            () -> {
              try {
                failing.get();
              } catch (ExecutionException e) {
                throw new IllegalStateException("wrapped", e);
              }
            });
    web.join();
    web.shutdown(Duration.ofSeconds(5));

    assertThat(direct.outcome().orElseThrow()).isInstanceOf(Outcome.Failure.class);
    assertThat(wrapped.exceptionNow()).hasMessage("wrapped");
    assertThat(asked).containsExactly("web: x");
  }

  @Test
  void error_ofBody_reachesTheUncaughtExceptionHandlerToo() throws Exception {
    TaskScope web = guard.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
    AtomicReference<Throwable> caught = new AtomicReference<>();
    CountDownLatch called = new CountDownLatch(1);
    Error error = new AssertionError("an Error");
    Task<Object> task =
        web.spawn(
            "t",
            () -> {
              Thread.currentThread()
                  .setUncaughtExceptionHandler(
                      (thread, thrown) -> {
                        caught.set(thrown);
                        called.countDown();
                        throw new IllegalStateException("a broken handler");
                      });
              throw error;
            });

    called.await();
    assertThat(caught).hasValue(error);
    await("end", task::isDone);
    assertThat(task.exceptionNow()).isSameAs(error);
  }

  @Test
  void exception_ofBody_doesNotReachTheUncaughtExceptionHandler() {
    TaskScope web = guard.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
    AtomicBoolean caught = new AtomicBoolean();
    AtomicReference<Thread> thread = new AtomicReference<>();
    web.spawn(
        "t",
        () -> {
          thread.set(Thread.currentThread());
          Thread.currentThread().setUncaughtExceptionHandler((t, thrown) -> caught.set(true));
          throw new IOException("no Error");
        });

    await("end of the thread", () -> thread.get() != null && !thread.get().isAlive());
    assertThat(caught).isFalse();
  }

  @Test
  void failures_byTheHundredThousand_areNotKept() throws Exception {
    TaskScope web = guard.root("web", o -> o.onFailure((task, error) -> Decision.HANDLED));
    List<WeakReference<Object>> samples = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 100; i++) {
      IOException error = new IOException("sample");
      samples.add(new WeakReference<>(error));
      samples.add(new WeakReference<>(failIn(web, error)));
      for (int j = 0; j < 1_000; j++) {
        web.spawn(
            "failing",
            () -> {
              throw new IOException("x");
            });
      }
      web.join();
    }

    assertThat(web.view().finished().failure()).isEqualTo(100_100);
    assertThat(web.tasks()).isEmpty();
    ContextTest.awaitCollected(samples);
  }
}
