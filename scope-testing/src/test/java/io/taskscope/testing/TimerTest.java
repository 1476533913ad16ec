// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.taskscope.Decision;
import io.taskscope.Outcome;
import io.taskscope.OverlapPolicy;
import io.taskscope.ScopeClosedException;
import io.taskscope.Task;
import io.taskscope.TaskOrigin;
import io.taskscope.TaskScope;
import io.taskscope.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class TimerTest {
  @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();

  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final Queue<Throwable> handled = new ConcurrentLinkedQueue<>();
  private final AtomicInteger bodies = new AtomicInteger();
  private TestClock clock;
  private TaskScope web;

  @BeforeEach
  void makeTree() {
    clock = taskscope.clock();
    web =
        taskscope.root(
            "web",
            o ->
                o.clock(clock)
                    .drainTimeout(Duration.ZERO)
                    .onFailure(
                        (task, error) -> {
                          handled.add(error);
                          return Decision.HANDLED;
                        }));
  }

  /** Moves on by a period, and waits until the timer has dealt with it. */
  private void tick(Timer timer) {
    long before = timer.ticks() + timer.skipped();
    clock.advance(PERIOD);
    Eventually.holds(() -> timer.ticks() + timer.skipped() > before);
  }

  private void tickToItsEnd(Timer timer) {
    tick(timer);
    Eventually.holds(() -> timer.lastTick().filter(Task::isDone).isPresent());
  }

  // ---- every

  @Test
  void every_period_startsATask() {
    Timer timer = web.every("refresh", PERIOD, bodies::incrementAndGet);
    assertThat(timer.isActive()).isTrue();
    assertThat(timer.lastTick()).isEmpty();
    clock.advance(PERIOD.minusNanos(1));
    assertThat(timer.ticks()).isZero();
    clock.advance(Duration.ofNanos(1));
    Eventually.holds(() -> bodies.get() == 1);

    for (int i = 2; i <= 5; i++) {
      Eventually.holds(() -> timer.lastTick().filter(Task::isDone).isPresent());
      tick(timer);
    }
    Eventually.holds(() -> bodies.get() == 5);

    assertThat(timer.ticks()).isEqualTo(5);
    assertThat(timer.skipped()).isZero();
    Task<?> last = timer.lastTick().orElseThrow();
    assertThat(last.origin()).isEqualTo(TaskOrigin.TICK);
    assertThat(last.name()).isEqualTo("refresh");
    assertThat(last.scope()).isSameAs(web);
    assertThat(last.parentId()).isZero();
    assertThat(timer.name()).isEqualTo("refresh");
    assertThat(timer.scope()).isSameAs(web);
    assertThat(timer).hasToString("timer \"refresh\" of /web");
  }

  @Test
  void every_atOddMoments_keepsItsRate() {
    Timer timer = web.every("refresh", PERIOD, bodies::incrementAndGet);
    clock.advance(Duration.ofSeconds(13)); // the tick of 10 s comes 3 s late
    Eventually.holds(() -> bodies.get() == 1 && clock.pending() == 1);

    assertThat(clock.nextDue()).as("due at 20 s, not at 23 s").contains(Duration.ofSeconds(7));
    assertThat(timer.skipped()).isZero();
  }

  @Test
  void every_movedOverManyPeriods_accountsForEachAndKeepsItsRate() {
    Timer timer = web.every("refresh", PERIOD, OverlapPolicy.OVERLAP, bodies::incrementAndGet);
    clock.advance(PERIOD.multipliedBy(1_000).plusSeconds(1));
    Eventually.holds(() -> timer.ticks() + timer.skipped() == 1_000);

    assertThat(timer.ticks()).isPositive();
    Eventually.holds(() -> clock.pending() == 1);
    assertThat(clock.nextDue()).contains(Duration.ofSeconds(9));
  }

  @Test
  void every_skip_leavesOutTicksWhileOneIsLive() throws Exception {
    Semaphore permits = new Semaphore(0);
    Timer timer = web.every("refresh", PERIOD, () -> permits.acquire());
    tick(timer);
    tick(timer);
    tick(timer);

    assertThat(timer.ticks()).isEqualTo(1);
    assertThat(timer.skipped()).isEqualTo(2);
    permits.release();
    Task<?> first = timer.lastTick().orElseThrow();
    first.get();
    tick(timer);
    assertThat(timer.ticks()).isEqualTo(2);
    assertThat(timer.lastTick().orElseThrow()).isNotSameAs(first);
    assertThat(web.view().started()).isEqualTo(2);
  }

  @Test
  void every_overlap_startsAllTheSame() {
    CountDownLatch never = taskscope.latch();
    Timer timer = web.every("refresh", PERIOD, OverlapPolicy.OVERLAP, () -> never.await());
    tick(timer);
    tick(timer);
    tick(timer);

    assertThat(timer.ticks()).isEqualTo(3);
    assertThat(timer.skipped()).isZero();
    assertThat(web.view().live()).isEqualTo(3);
  }

  @Test
  void every_cancelPrevious_cancelsAndGoesOn() {
    CountDownLatch never = taskscope.latch();
    Timer timer = web.every("refresh", PERIOD, OverlapPolicy.CANCEL_PREVIOUS, () -> never.await());
    tick(timer);
    Task<?> first = timer.lastTick().orElseThrow();
    tick(timer);
    Eventually.holds(first::isDone);

    Outcome.Cancelled outcome = (Outcome.Cancelled) first.outcome().orElseThrow();
    assertThat(outcome.reason()).isEqualTo("the next tick of timer \"refresh\" is due");
    assertThat(timer.ticks()).isEqualTo(2);
    assertThat(timer.skipped()).isZero();
    assertThat(timer.lastTick().orElseThrow().isDone()).isFalse();
  }

  @Test
  void every_failedTick_goesToTheHandlerAndTheTimerGoesOn() {
    Timer timer =
        web.every(
            "refresh",
            PERIOD,
            () -> {
              throw new IOException("tick " + bodies.incrementAndGet());
            });
    for (int i = 1; i <= 3; i++) {
      int expected = i;
      tickToItsEnd(timer);
      Eventually.holds(() -> handled.size() == expected);
    }

    assertThat(handled.stream().map(Throwable::getMessage))
        .containsExactly("tick 1", "tick 2", "tick 3");
    assertThat(timer.isActive()).isTrue();
  }

  @Test
  void every_cancelled_startsNoMore() {
    CountDownLatch release = taskscope.latch();
    Timer timer = web.every("refresh", PERIOD, () -> release.await());
    tick(timer);
    timer.cancel();
    timer.cancel();
    clock.advance(PERIOD.multipliedBy(5));

    assertThat(timer.isActive()).isFalse();
    assertThat(timer.ticks()).isEqualTo(1);
    assertThat(timer.lastTick().orElseThrow().isDone()).as("goes on").isFalse();
    assertThat(clock.pending()).isZero();
  }

  @Test
  void every_cancelledByItsOwnTick_startsNoMore() {
    Timer[] self = new Timer[1];
    self[0] =
        web.every(
            "once",
            PERIOD,
            () -> {
              bodies.incrementAndGet();
              self[0].cancel();
            });
    clock.advance(PERIOD);
    Eventually.holds(() -> !self[0].isActive());
    clock.advance(PERIOD.multipliedBy(3));

    assertThat(bodies).hasValue(1);
    Eventually.holds(() -> clock.pending() == 0);
  }

  @Test
  void every_inScopeThatShutsDown_stops() {
    Timer timer = web.every("refresh", PERIOD, bodies::incrementAndGet);
    web.shutdown(Duration.ofSeconds(5));

    assertThat(timer.isActive()).isFalse();
    assertThat(clock.pending()).isZero();
    clock.advance(PERIOD.multipliedBy(5));
    assertThat(timer.ticks()).isZero();
    assertThat(bodies).hasValue(0);
  }

  @Test
  void every_inDrainingScope_firesNoMore() {
    CountDownLatch release = taskscope.latch();
    TaskScope app = web.child("app", o -> o.drainTimeout(Duration.ofHours(1)));
    Timer timer = app.every("refresh", PERIOD, bodies::incrementAndGet);
    app.spawn("holds the drain", () -> release.await());
    Thread stopping = Thread.ofPlatform().daemon().start(app::close);
    Eventually.holds(() -> !timer.isActive());
    clock.advance(PERIOD.multipliedBy(3));

    assertThat(timer.ticks()).isZero();
    release.countDown();
    Eventually.holds(() -> !stopping.isAlive());
  }

  @Test
  void every_inScopeThatDoesNotTakeTasks_isRefused() {
    web.close();

    assertThatThrownBy(() -> web.every("refresh", PERIOD, () -> {}))
        .isInstanceOf(ScopeClosedException.class)
        .hasMessageContaining("/web")
        .hasMessageContaining("refresh");
    assertThat(clock.pending()).isZero();
  }

  @Test
  void every_ofBadArguments_throws() {
    assertThatThrownBy(() -> web.every("refresh", Duration.ZERO, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("refresh")
        .hasMessageContaining("PT0S");
    assertThatThrownBy(() -> web.every("refresh", Duration.ofMillis(-1), () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.001S");
    assertThatThrownBy(() -> web.every("", PERIOD, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("task name");
    assertThatThrownBy(() -> web.after("later", Duration.ofMillis(-1), () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.001S");
    assertThat(clock.pending()).isZero();
  }

  @Test
  void every_ofNullBody_throws() {
    assertThatThrownBy(() -> web.every("refresh", PERIOD, null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> web.every("refresh", PERIOD, null, () -> {}))
        .isInstanceOf(NullPointerException.class);
    assertThat(clock.pending()).isZero();
  }

  @Test
  void every_ofHugePeriod_neverTicks() {
    Timer timer = web.every("refresh", Duration.ofSeconds(Long.MAX_VALUE), bodies::incrementAndGet);
    clock.advance(Duration.ofDays(10_000));

    assertThat(timer.ticks()).isZero();
    assertThat(timer.isActive()).isTrue();
  }

  // ---- after

  @Test
  void after_delay_startsOnce() throws Exception {
    Timer timer = web.after("later", PERIOD, bodies::incrementAndGet);
    clock.advance(PERIOD);
    Eventually.holds(() -> !timer.isActive());
    timer.lastTick().orElseThrow().get();
    clock.advance(PERIOD.multipliedBy(5));

    assertThat(bodies).hasValue(1);
    assertThat(timer.ticks()).isEqualTo(1);
    assertThat(clock.pending()).isZero();
  }

  @Test
  void after_zero_startsWithoutMovingTheClock() {
    web.after("now", Duration.ZERO, bodies::incrementAndGet);

    Eventually.holds(() -> bodies.get() == 1);
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void after_cancelled_neverStarts() {
    Timer timer = web.after("later", PERIOD, bodies::incrementAndGet);
    timer.cancel();
    clock.advance(PERIOD);

    assertThat(clock.pending()).isZero();
    assertThat(timer.ticks()).isZero();
  }

  // ---- what is left behind

  @Test
  void timers_thatEnded_leaveNothing() {
    for (int i = 0; i < 10_000; i++) {
      web.every("refresh", PERIOD, () -> {}).cancel();
    }
    for (int i = 0; i < 100; i++) {
      web.after("later", Duration.ofNanos(i + 1), bodies::incrementAndGet);
    }
    clock.advance(Duration.ofSeconds(1));
    Eventually.holds(() -> bodies.get() == 100 && clock.pending() == 0);

    assertThat(web).extracting("timers").extracting("active", LIST).isEmpty();
  }

  @Test
  void timer_againstShutdown_neverTicksInClosedScope() {
    for (int i = 0; i < 100; i++) {
      TaskScope app = web.child("app");
      Timer timer = app.every("refresh", PERIOD, bodies::incrementAndGet);
      Thread moving = Thread.ofPlatform().start(() -> clock.advance(PERIOD.multipliedBy(3)));
      app.shutdown(Duration.ofSeconds(5));
      long ticks = app.view().started();
      Eventually.holds(() -> !moving.isAlive());
      clock.advance(PERIOD);
      assertThat(app.view().started()).isEqualTo(ticks);
      assertThat(timer.isActive()).isFalse();
    }
    Eventually.holds(() -> clock.pending() == 0);
  }
}
