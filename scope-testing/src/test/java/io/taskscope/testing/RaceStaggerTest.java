// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.RaceFailedException;
import io.taskscope.RaceMode;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class RaceStaggerTest {
  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private static final Duration DELAY = Duration.ofMillis(250);

  private final AtomicInteger started = new AtomicInteger();
  private TestClock clock;
  private TaskScope web;

  @BeforeEach
  void makeTree() {
    clock = taskscope.clock();
    web = taskscope.root("web", o -> o.clock(clock).drainTimeout(Duration.ZERO));
  }

  private Callable<String> runner(CountDownLatch gate, String result) {
    return () -> {
      started.incrementAndGet();
      gate.await();
      return result;
    };
  }

  private Callable<String> failing(CountDownLatch gate) {
    return () -> {
      started.incrementAndGet();
      gate.await();
      throw new IOException("no route");
    };
  }

  private Task<String> race(RaceMode mode, List<Callable<String>> bodies) {
    return web.spawn("racing", () -> TaskScope.race("dial", mode.stagger(DELAY), bodies));
  }

  private void awaitStarted(int count) {
    Eventually.holds(() -> started.get() == count);
  }

  @Test
  void stagger_startsTheNextAfterTheDelay() throws Exception {
    CountDownLatch first = taskscope.latch();
    CountDownLatch others = taskscope.latch();
    Task<String> race =
        race(
            RaceMode.FIRST_SUCCESS,
            List.of(runner(first, "first"), runner(others, "second"), runner(others, "third")));
    awaitStarted(1);
    Eventually.holds(() -> clock.pending() == 1);
    clock.advance(DELAY.minusNanos(1));
    assertThat(started).hasValue(1);
    clock.advance(Duration.ofNanos(1));
    awaitStarted(2);
    Eventually.holds(() -> clock.pending() == 1);
    clock.advance(DELAY);
    awaitStarted(3);
    first.countDown();

    assertThat(race.get()).isEqualTo("first");
    assertThat(clock.pending()).isZero();
  }

  @Test
  void stagger_ofQuickWinner_neverStartsTheOthersAndLeavesNothingScheduled() throws Exception {
    CountDownLatch open = taskscope.latch();
    open.countDown();
    Task<String> race =
        race(RaceMode.FIRST_SUCCESS, List.of(runner(open, "first"), runner(open, "second")));

    assertThat(race.get()).isEqualTo("first");
    assertThat(clock.pending()).isZero();
    clock.advance(DELAY.multipliedBy(5));
    assertThat(started).hasValue(1);
  }

  @Test
  void stagger_afterAFailure_startsTheNextAtOnceAndCountsItsDelayAnew() throws Exception {
    CountDownLatch fail = taskscope.latch();
    CountDownLatch others = taskscope.latch();
    Task<String> race =
        race(
            RaceMode.FIRST_SUCCESS,
            List.of(failing(fail), runner(others, "second"), runner(others, "third")));
    awaitStarted(1);
    Eventually.holds(() -> clock.pending() == 1);
    clock.advance(DELAY.dividedBy(2));
    fail.countDown();
    awaitStarted(2);
    Eventually.holds(() -> clock.nextDue().equals(java.util.Optional.of(DELAY)));
    clock.advance(DELAY.minusNanos(1)); // the delay of the first runner is over meanwhile
    assertThat(started).as("the old delay starts nobody").hasValue(2);
    clock.advance(Duration.ofNanos(1));
    awaitStarted(3);
    others.countDown();

    assertThat(race.get()).isIn("second", "third");
  }

  @Test
  void stagger_whereAllFail_triesAllWithoutWaiting() {
    CountDownLatch open = taskscope.latch();
    open.countDown();
    Task<String> race =
        race(RaceMode.FIRST_SUCCESS, List.of(failing(open), failing(open), failing(open)));

    assertThatThrownBy(race::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(RaceFailedException.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(3));
    assertThat(started).hasValue(3);
    assertThat(clock.nanoTime()).isZero();
    assertThat(clock.pending()).isZero();
  }

  @Test
  void stagger_ofFirstResult_throwsTheFirstErrorWithoutTryingOthers() {
    CountDownLatch open = taskscope.latch();
    open.countDown();
    Task<String> race = race(RaceMode.FIRST_RESULT, List.of(failing(open), failing(open)));

    assertThatThrownBy(race::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(RaceFailedException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThat(started).hasValue(1);
  }

  @Test
  void stagger_ofZero_startsAllAtOnce() throws Exception {
    List<Callable<String>> bodies = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      bodies.add(
          () -> {
            all.countDown();
            all.await(); // only if all three run
            return "won";
          });
    }
    Task<String> race =
        web.spawn(
            "racing", () -> TaskScope.race(RaceMode.FIRST_SUCCESS.stagger(Duration.ZERO), bodies));

    assertThat(race.get()).isEqualTo("won");
  }
}
