// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class RaceTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final ConcurrentLinkedQueue<Throwable> handled = new ConcurrentLinkedQueue<>();

  private Callable<String> sleeper() {
    CountDownLatch never = guard.latch();
    return () -> {
      never.await();
      return "late";
    };
  }

  private static Callable<String> failing(Throwable error) {
    return () -> {
      throw RaceTest.<RuntimeException>sneaky(error);
    };
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws what it is given
  private static <X extends Throwable> X sneaky(Throwable error) throws X {
    throw (X) error;
  }

  private TaskScope root() {
    return guard.root(
        "web",
        o ->
            o.onFailure(
                (task, error) -> {
                  handled.add(error);
                  return Decision.HANDLED;
                }));
  }

  // ---- FIRST_SUCCESS

  @Test
  void firstSuccess_withAFasterFailure_returnsTheSuccess() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    Callable<String> first =
        () -> {
          failed.countDown();
          throw new IOException("no route");
        };
    Callable<String> second =
        () -> {
          failed.await();
          return "won";
        };

    assertThat(TaskScope.race(RaceMode.FIRST_SUCCESS, List.of(first, second))).isEqualTo("won");
  }

  @Test
  void firstSuccess_ofOneBody_returnsItsResult() throws Exception {
    String result = TaskScope.race(RaceMode.FIRST_SUCCESS, List.of(() -> "alone"));

    assertThat(result).isEqualTo("alone");
  }

  @Test
  void firstSuccess_ofNullResult_returnsNull() throws Exception {
    assertThat(TaskScope.<String>race(RaceMode.FIRST_SUCCESS, List.of(() -> null))).isNull();
  }

  @Test
  void firstSuccess_whereAllFail_throwsWithEveryErrorSuppressed() {
    List<Throwable> errors = new ArrayList<>();
    List<Callable<String>> bodies = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Throwable error =
          i % 3 == 0
              ? new IOException("checked " + i)
              : i == 1
                  ? new AssertionError("serious")
                  : new IllegalStateException("unchecked " + i);
      errors.add(error);
      bodies.add(failing(error));
    }

    assertThatThrownBy(() -> TaskScope.race(RaceMode.FIRST_SUCCESS, bodies))
        .isInstanceOf(RaceFailedException.class)
        .hasMessage("all 40 bodies of race \"race\" failed")
        .satisfies(
            thrown ->
                assertThat(thrown.getSuppressed()).containsExactlyInAnyOrderElementsOf(errors));
  }

  @Test
  void firstSuccess_whereAllThrowTheSameError_namesIt() {
    IOException same = new IOException("shared");

    Throwable thrown =
        catchThrowable(
            () -> TaskScope.race(RaceMode.FIRST_SUCCESS, List.of(failing(same), failing(same))));

    assertThat(thrown).isInstanceOf(RaceFailedException.class);
    assertThat(thrown.getSuppressed()).contains(same);
  }

  @Test
  void firstSuccess_losers_areCancelledAndAwaited() throws Exception {
    AtomicBoolean cleanedUp = new AtomicBoolean();
    CountDownLatch never = guard.latch();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Task<?>> loserTask = new AtomicReference<>();
    Callable<String> loser =
        () -> {
          loserTask.set(Task.current().orElseThrow());
          begun.countDown();
          try {
            never.await();
            return "late";
          } finally {
            Thread.sleep(Duration.ofMillis(50)); // the loser's own cleaning takes a while
            cleanedUp.set(true);
          }
        };
    Callable<String> winner =
        () -> {
          begun.await();
          return "won";
        };

    assertThat(TaskScope.race(RaceMode.FIRST_SUCCESS, List.of(loser, winner))).isEqualTo("won");

    assertThat(cleanedUp).isTrue();
    assertThat(loserTask.get().isDone()).isTrue();
    Outcome outcome = loserTask.get().outcome().orElseThrow();
    assertThat(outcome).isInstanceOf(Outcome.Cancelled.class);
    assertThat(((Outcome.Cancelled) outcome).reason()).startsWith("lost the race against task");
  }

  @Test
  void firstSuccess_withStubbornLoser_abandonsItAfterASecond() throws Exception {
    CountDownLatch never = guard.latch();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Task<?>> stubborn = new AtomicReference<>();
    Callable<String> loser =
        () -> {
          stubborn.set(Task.current().orElseThrow());
          begun.countDown();
          awaitStubbornly(never);
          return "late";
        };
    Callable<String> winner =
        () -> {
          begun.await();
          return "won";
        };
    long before = System.nanoTime();

    assertThat(TaskScope.race(RaceMode.FIRST_SUCCESS, List.of(loser, winner))).isEqualTo("won");

    Duration took = Duration.ofNanos(System.nanoTime() - before);
    assertThat(took).isBetween(Duration.ofMillis(900), Duration.ofSeconds(4));
    assertThat(stubborn.get().outcome().orElseThrow()).isInstanceOf(Outcome.Abandoned.class);
  }

  // ---- FIRST_RESULT

  @Test
  void firstResult_ofSuccess_returnsItAndCancelsTheRest() throws Exception {
    assertThat(TaskScope.race(RaceMode.FIRST_RESULT, List.of(sleeper(), () -> "won", sleeper())))
        .isEqualTo("won");
  }

  @Test
  void firstResult_ofUncheckedError_throwsIt() {
    IllegalStateException error = new IllegalStateException("first");

    assertThatThrownBy(
            () -> TaskScope.race(RaceMode.FIRST_RESULT, List.of(sleeper(), failing(error))))
        .isSameAs(error);
  }

  @Test
  void firstResult_ofError_throwsIt() {
    AssertionError error = new AssertionError("serious");

    assertThatThrownBy(
            () -> TaskScope.race(RaceMode.FIRST_RESULT, List.of(sleeper(), failing(error))))
        .isSameAs(error);
  }

  @Test
  void firstResult_ofCheckedException_throwsItAsCause() {
    IOException error = new IOException("checked");

    assertThatThrownBy(
            () -> TaskScope.race(RaceMode.FIRST_RESULT, List.of(sleeper(), failing(error))))
        .isInstanceOf(RaceFailedException.class)
        .hasCause(error)
        .hasMessageContaining("checked");
  }

  @Test
  void firstResult_ofCancelledRunner_throwsCancellation() {
    Callable<String> self =
        () -> {
          Task.current().orElseThrow().cancel("gives up");
          throw new InterruptedException();
        };

    assertThatThrownBy(() -> TaskScope.race(RaceMode.FIRST_RESULT, List.of(self, sleeper())))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("gives up");
  }

  // ---- bad input, context, interrupts

  @Test
  void race_withoutBodies_throwsIllegalArgumentException() {
    assertThatThrownBy(
            () -> TaskScope.race("dial", RaceMode.FIRST_SUCCESS, List.<Callable<String>>of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("race \"dial\" has no bodies; it takes at least one");
    assertThat(TaskScope.current()).isEmpty();
  }

  @Test
  void race_withBadName_throwsIllegalArgumentException() {
    assertThatThrownBy(() -> TaskScope.race("Dial it", RaceMode.FIRST_SUCCESS, List.of(() -> "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Dial it");
  }

  @Test
  void stagger_ofNegativeDelay_throwsIllegalArgumentException() {
    assertThatThrownBy(() -> RaceMode.FIRST_RESULT.stagger(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.001S");
    assertThat(RaceMode.FIRST_RESULT.stagger(Duration.ofMillis(250)))
        .hasToString("FIRST_RESULT staggered by 250 ms");
  }

  @Test
  void race_insideABlock_hasItsPathAndLeavesTheContext() throws Exception {
    TaskScope web = root();
    List<String> paths = Collections.synchronizedList(new ArrayList<>());

    web.call(
        "outer",
        () -> {
          try (TaskScope block = TaskScope.open("checkout")) {
            String result =
                TaskScope.race(
                    "dial",
                    RaceMode.FIRST_SUCCESS,
                    List.of(
                        () -> {
                          paths.add(TaskScope.current().orElseThrow().path());
                          return "won";
                        }));
            assertThat(result).isEqualTo("won");
            assertThat(TaskScope.current()).contains(block);
          }
          return "";
        });

    assertThat(paths).containsExactly("/web/checkout/dial");
    assertThat(web.history()).anyMatch(task -> task.path().equals("/web/checkout/dial"));
  }

  @Test
  void race_insideAFailFastBlock_doesNotFailIt() throws Exception {
    try (TaskScope block = TaskScope.open("checkout")) {
      String result =
          TaskScope.race(
              RaceMode.FIRST_SUCCESS,
              List.of(failing(new IOException("no")), failing(new IOException("no")), () -> "won"));
      block.join();
      assertThat(result).isEqualTo("won");
    }
  }

  @Test
  void race_errors_areNotReportedToHandlers() throws Exception {
    TaskScope web = root();
    for (int i = 0; i < 100; i++) {
      web.call(
          "outer",
          () -> {
            assertThatThrownBy(
                    () ->
                        TaskScope.race(
                            RaceMode.FIRST_SUCCESS,
                            List.of(failing(new IOException("a")), failing(new IOException("b")))))
                .isInstanceOf(RaceFailedException.class);
            return "";
          });
    }
    assertThat(handled).as("the caller has them").isEmpty();
  }

  @Test
  void race_interrupted_cancelsAllAndThrows() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch never = guard.latch();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    List<Task<?>> runners = Collections.synchronizedList(new ArrayList<>());
    Callable<String> runner =
        () -> {
          runners.add(Task.current().orElseThrow());
          begun.countDown();
          never.await();
          return "late";
        };
    Thread caller =
        Thread.ofVirtual()
            .start(
                () ->
                    thrown.set(
                        catchThrowable(
                            () ->
                                TaskScope.race(RaceMode.FIRST_SUCCESS, List.of(runner, runner)))));
    begun.await();
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(runners).hasSize(2).allMatch(Task::isCancelled);
  }

  @Test
  void race_inCancelledTask_endsCancelled() throws Exception {
    TaskScope web = root();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = guard.latch();
    Task<String> task =
        web.spawn(
            "racing",
            () ->
                TaskScope.race(
                    RaceMode.FIRST_SUCCESS,
                    List.<Callable<String>>of(
                        () -> {
                          begun.countDown();
                          never.await();
                          return "late";
                        })));
    begun.await();
    task.cancel("enough");

    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
    assertThat(web.children()).isEmpty();
    assertThat(handled).isEmpty();
  }

  @Test
  void race_manyTimes_leavesNothingOpen() throws Exception {
    TaskScope web = root();
    for (int i = 0; i < 500; i++) {
      int round = i;
      String won =
          web.call(
              "outer",
              () ->
                  TaskScope.race(
                      RaceMode.FIRST_SUCCESS,
                      List.of(
                          () -> "a" + round, () -> "b" + round, failing(new IOException("no")))));
      assertThat(won).isIn("a" + round, "b" + round);
    }
    assertThat(web.children()).isEmpty();
    assertThat(web.snapshot().scope().liveBelow()).isZero();
  }
}
