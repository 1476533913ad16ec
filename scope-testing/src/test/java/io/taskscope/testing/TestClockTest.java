// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.TaskClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TestClockTest {
  private final TestClock clock = new TestClock();
  private final List<String> ran = new ArrayList<>();

  private TaskClock.Scheduled in(long seconds, String name) {
    return clock.scheduleAt(
        clock.nanoTime() + TimeUnit.SECONDS.toNanos(seconds),
        () -> ran.add(name + "@" + TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime())));
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void advance_runsWhatIsDueInTheOrderOfTime() {
    in(3, "c");
    in(1, "a");
    in(2, "b");
    in(9, "later");

    clock.advance(seconds(5));

    assertThat(ran).containsExactly("a@1", "b@2", "c@3");
    assertThat(clock.nanoTime()).isEqualTo(seconds(5).toNanos());
    assertThat(clock.pending()).isEqualTo(1);
    assertThat(clock.nextDue()).contains(seconds(4));
  }

  @Test
  void advance_ofTies_runsThemInTheOrderOfScheduling() {
    for (int i = 0; i < 20; i++) {
      in(1, "t" + i);
    }
    clock.advance(seconds(1));

    assertThat(ran).hasSize(20).startsWith("t0@1", "t1@1", "t2@1").endsWith("t19@1");
  }

  @Test
  void advance_exactlyToTheTime_runsIt_andOneNanoLessDoesNot() {
    in(1, "a");
    clock.advance(seconds(1).minusNanos(1));
    assertThat(ran).isEmpty();
    clock.advance(Duration.ofNanos(1));

    assertThat(ran).containsExactly("a@1");
  }

  @Test
  void advance_runsWhatActionsSchedule_ifItIsDueToo() {
    clock.scheduleAt(
        seconds(1).toNanos(),
        () -> {
          ran.add("first");
          in(0, "at once");
          in(2, "in time");
          in(60, "too late");
        });

    clock.advance(seconds(10));

    assertThat(ran).containsExactly("first", "at once@1", "in time@3");
    assertThat(clock.pending()).isEqualTo(1);
  }

  @Test
  void advance_twice_runsAnActionOnce() {
    in(1, "a");
    clock.advance(seconds(2));
    clock.advance(seconds(2));

    assertThat(ran).containsExactly("a@1");
  }

  @Test
  void cancel_beforeItIsDue_keepsItFromRunning() {
    TaskClock.Scheduled scheduled = in(1, "a");
    scheduled.cancel();
    scheduled.cancel();
    clock.advance(seconds(5));

    assertThat(ran).isEmpty();
    assertThat(clock.pending()).isZero();
    assertThat(clock.nextDue()).isEmpty();
  }

  @Test
  void cancel_ofOneOfTwoAlike_leavesTheOther() {
    Runnable action = () -> ran.add("x");
    clock.scheduleAt(5, action);
    clock.scheduleAt(5, action).cancel();
    clock.advance(seconds(1));

    assertThat(ran).containsExactly("x");
  }

  @Test
  void cancel_byAnEarlierAction_keepsItFromRunning() {
    TaskClock.Scheduled victim = in(2, "victim");
    clock.scheduleAt(1, victim::cancel);
    clock.advance(seconds(5));

    assertThat(ran).isEmpty();
  }

  @Test
  void cancel_afterItRan_doesNothing() {
    TaskClock.Scheduled scheduled = in(1, "a");
    clock.advance(seconds(1));
    scheduled.cancel();

    assertThat(ran).containsExactly("a@1");
  }

  @Test
  void advance_backwards_throws() {
    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-3S");
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void schedule_ofWhatIsDueAtOnce_runsSoonOnAnotherThread() throws Exception {
    CountDownLatch done = new CountDownLatch(2);
    Thread here = Thread.currentThread();
    List<Thread> threads = new ArrayList<>();
    clock.scheduleAt(
        0,
        () -> {
          threads.add(Thread.currentThread());
          done.countDown();
        });
    clock.scheduleAt(-5, done::countDown);

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).doesNotContain(here);
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void clock_acrossTheWrapOfNanoTime_keepsTheOrder() {
    TestClock wrapping = new TestClock(Long.MAX_VALUE - 10);
    wrapping.scheduleAt(wrapping.nanoTime() + 20, () -> ran.add("after"));
    wrapping.scheduleAt(wrapping.nanoTime() + 5, () -> ran.add("before"));
    wrapping.scheduleAt(wrapping.nanoTime() + Long.MAX_VALUE / 4, () -> ran.add("never"));

    wrapping.advance(Duration.ofNanos(30));

    assertThat(ran).containsExactly("before", "after");
    assertThat(wrapping.nanoTime()).isEqualTo(Long.MIN_VALUE + 19);
  }

  @Test
  void clock_underManyThreads_runsEachActionOnce() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    int perThread = 2_000;
    for (int t = 0; t < 4; t++) {
      int seed = t;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < perThread; i++) {
                      TaskClock.Scheduled one =
                          clock.scheduleAt(
                              clock.nanoTime() + (i * 31L + seed) % 1_000, runs::incrementAndGet);
                      if (i % 10 == 0) {
                        clock.advance(Duration.ofNanos(7));
                      }
                      if (i % 7 == 0) {
                        one.cancel();
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    clock.advance(seconds(1));
    Eventually.holds(() -> clock.pending() == 0);

    assertThat(runs.get()).isBetween(4 * (perThread - perThread / 7 - 1), 4 * perThread);
  }
}
