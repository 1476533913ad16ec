// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.awaitStubbornly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class ShieldTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final CountDownLatch inside = new CountDownLatch(1);
  private final AtomicReference<Boolean> interruptedInside = new AtomicReference<>();
  private final AtomicReference<Boolean> interruptedAfter = new AtomicReference<>();

  private void shieldedWork(CountDownLatch gate) throws InterruptedException {
    inside.countDown();
    gate.await(); // throws if the interrupt is let through
    interruptedInside.set(Thread.currentThread().isInterrupted());
  }

  private void noteAfter() {
    interruptedAfter.set(Thread.currentThread().isInterrupted());
  }

  @Test
  void shield_cancelledInside_isDeliveredAfterwards() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch gate = guard.latch();
    Task<String> task =
        web.spawn(
            "t",
            () -> {
              TaskScope.shield(() -> shieldedWork(gate));
              noteAfter();
              return "ended";
            });
    inside.await();

    assertThat(task.cancel("enough")).isTrue();
    assertThat(task.isDone()).isFalse();
    gate.countDown();

    assertThatThrownBy(task::get)
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("enough");
    assertThat(interruptedInside).hasValue(false);
    assertThat(interruptedAfter).hasValue(true);
  }

  @Test
  void shield_notCancelled_changesNothing() throws Exception {
    TaskScope web = guard.root("web");
    Task<String> task =
        web.spawn(
            "t",
            () -> {
              String value = TaskScope.shield(() -> "value");
              noteAfter();
              return value;
            });

    assertThat(task.get()).isEqualTo("value");
    assertThat(interruptedAfter).hasValue(false);
    Task<Void> later = web.spawn("later", () -> guard.latch().await());
    later.cancel("works as before");
    assertThatThrownBy(later::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void shield_cancelledAfterwards_isInterruptedAtOnce() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    Task<Void> task =
        web.spawn(
            "t",
            () -> {
              TaskScope.shield(() -> {});
              inside.countDown();
              never.await();
            });
    inside.await();
    task.cancel("enough");

    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void shield_cancelledBefore_holdsTheInterruptBack() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch gate = guard.latch();
    Task<String> task =
        web.spawn(
            "t",
            () -> {
              Task.current().orElseThrow().cancel("by itself");
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
              TaskScope.shield(() -> shieldedWork(gate));
              noteAfter();
              return "ended";
            });
    inside.await();
    gate.countDown();

    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
    assertThat(interruptedInside).hasValue(false);
    assertThat(interruptedAfter).hasValue(true);
  }

  @Test
  void shield_nested_isDeliveredAfterTheOuter() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch gate = guard.latch();
    AtomicReference<Boolean> between = new AtomicReference<>();
    Task<String> task =
        web.spawn(
            "t",
            () -> {
              TaskScope.shield(
                  () -> {
                    TaskScope.shield(() -> shieldedWork(gate));
                    between.set(Thread.currentThread().isInterrupted());
                    TaskScope.shield(
                        () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
                  });
              noteAfter();
              return "ended";
            });
    inside.await();
    task.cancel("enough");
    gate.countDown();

    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
    assertThat(interruptedInside).hasValue(false);
    assertThat(between).hasValue(false);
    assertThat(interruptedAfter).hasValue(true);
  }

  @Test
  void shield_thatThrows_stillDelivers() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch gate = guard.latch();
    Task<String> task =
        web.spawn(
            "t",
            () -> {
              try {
                TaskScope.shield(
                    () -> {
                      shieldedWork(gate);
                      throw new IOException("giving back failed");
                    });
              } catch (IOException expected) {
                noteAfter();
              }
              return "ended";
            });
    inside.await();
    task.cancel("enough");
    gate.countDown();

    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
    assertThat(interruptedAfter).hasValue(true);
  }

  @Test
  void shield_outsideOfATask_justRuns() throws Exception {
    assertThat(TaskScope.<String, RuntimeException>shield(() -> "value")).isEqualTo("value");
    assertThatThrownBy(
            () ->
                TaskScope.shield(
                    () -> {
                      throw new IOException("thrown on");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("thrown on");
  }

  @Test
  void shield_inThreadThatATaskStarted_isNotTheTasks() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch gate = guard.latch();
    CountDownLatch never = guard.latch();
    Task<Void> task =
        web.spawn(
            "t",
            () -> {
              Thread.ofVirtual()
                  .start(
                      () ->
                          TaskScope.<RuntimeException>shield(
                              () -> {
                                inside.countDown();
                                awaitStubbornly(gate);
                              }));
              never.await();
            });
    inside.await();
    task.cancel("enough");

    assertThatThrownBy(task::get)
        .as("another thread's shield does not hold it back")
        .isInstanceOf(CancellationException.class);
    gate.countDown();
  }

  @Test
  void shield_ofForeignInterrupt_letsItThrough() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch gate = guard.latch();
    Task<String> task =
        web.spawn(
            "t",
            () -> {
              TaskScope.shield(
                  () ->
                      assertThatThrownBy(() -> shieldedWork(gate))
                          .isInstanceOf(InterruptedException.class));
              noteAfter();
              return "ended";
            });
    inside.await();
    task.thread().orElseThrow().interrupt();

    assertThat(task.get()).isEqualTo("ended");
    assertThat(interruptedAfter).hasValue(false);
  }

  @Test
  void shield_pastTheCancelTimeout_isAbandoned() {
    TaskScope web =
        guard.root("web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofMillis(50)));
    CountDownLatch gate = guard.latch();
    Task<Void> task =
        web.spawn(
            "t",
            () ->
                TaskScope.shield(
                    () -> {
                      inside.countDown();
                      gate.await();
                    }));
    Eventually.holds(() -> inside.getCount() == 0);

    ShutdownReport report = web.shutdown(Duration.ofSeconds(10));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.ABANDONED);
    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Abandoned.class);
  }

  @Test
  void shield_inShutdown_isWaitedFor() throws Exception {
    TaskScope web =
        guard.root("web", o -> o.drainTimeout(Duration.ZERO).cancelTimeout(Duration.ofSeconds(10)));
    CountDownLatch gate = guard.latch();
    Task<Void> task =
        web.spawn(
            "t",
            () -> {
              TaskScope.shield(() -> shieldedWork(gate));
              guard.latch().await(); // interrupted here
            });
    inside.await();
    Thread.ofVirtual()
        .start(
            () -> {
              Eventually.holds(() -> web.state() == ScopeState.CANCELLING);
              gate.countDown();
            });

    ShutdownReport report = web.shutdown(Duration.ofSeconds(20));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CANCELLED);
    assertThat(task.outcome().orElseThrow()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(interruptedInside).hasValue(false);
  }

  @Test
  void shield_inCalledTask_holdsBackCancellationOfItsCallerToo() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch gate = guard.latch();
    Task<Void> outer =
        web.spawn(
            "outer",
            () -> {
              web.call("inner", () -> TaskScope.shield(() -> shieldedWork(gate)));
              noteAfter();
            });
    inside.await();
    outer.cancel("enough");
    gate.countDown();

    assertThatThrownBy(outer::get).isInstanceOf(CancellationException.class);
    assertThat(interruptedInside).as("both are on one thread").hasValue(false);
    assertThat(interruptedAfter).hasValue(true);
  }

  @Test
  void shield_againstCancel_neverLosesOne() throws Exception {
    TaskScope web = guard.root("web");
    CountDownLatch never = guard.latch();
    for (int i = 0; i < 2_000; i++) {
      CountDownLatch begun = new CountDownLatch(1);
      Task<Void> task =
          web.spawn(
              "t",
              () -> {
                begun.countDown();
                for (int shields = 0; shields < 3; shields++) {
                  TaskScope.<RuntimeException>shield(
                      () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
                }
                never.await();
              });
      begun.await();
      task.cancel("enough");
      assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
    }
  }
}
