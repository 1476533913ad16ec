// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.taskscope.Decision;
import io.taskscope.ShutdownReport;
import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Makes every metric there is appear. */
final class Workload implements AutoCloseable {
  private final CountDownLatch stubbornMayEnd = new CountDownLatch(1);
  private final HookRegistration failing;
  final Fixture fixture;
  final TaskScope root;
  final TaskScope handlers;
  final Task<Void> running;

  /** Throws once for its own scope, which is a failure that a metric shows. */
  static final class FailingHook implements TaskHook {
    private final String name;

    FailingHook(String name) {
      this.name = name;
    }

    @Override
    public void scopeOpened(TaskScope scope) {
      if (scope.name().equals(name)) {
        throw new IllegalStateException("thrown by a test");
      }
    }
  }

  Workload() throws InterruptedException {
    String name = Fixture.freshName();
    failing = Hooks.add(new FailingHook(name));
    fixture =
        Fixture.bound(
            TaskscopeMetrics.builder()
                .dropped("spans", () -> Map.of("queue_full", 7L))
                .statistics(() -> Steps.on(Steps.of(1, 2, 3)))
                .build());
    root = fixture.root(name);
    handlers = root.child("handlers", o -> o.onFailure((task, error) -> Decision.HANDLED));

    handlers.call("called", () -> {});
    for (int i = 0; i < 3; i++) {
      await(handlers.spawn("ok", () -> {}));
    }
    await(
        handlers.spawn(
            "bad",
            () -> {
              throw new IllegalStateException("thrown by a test");
            }));
    CountDownLatch started = new CountDownLatch(1);
    Task<?> cancelled =
        handlers.spawn(
            "cancelled",
            () -> {
              started.countDown();
              new CountDownLatch(1).await();
            });
    started.await();
    cancelled.cancel("by a test");
    await(cancelled);
    abandonOne();
    root.child("named", o -> o.taskNamesAsLabel(true)).call("GET /users/{id}", () -> {});
    CountDownLatch runs = new CountDownLatch(1);
    running =
        handlers.spawn(
            "running",
            () -> {
              runs.countDown();
              stubbornMayEnd.await();
            });
    runs.await();
  }

  /** In a block, so that the long-lived scopes stay. */
  private void abandonOne() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    handlers.call(
        "with-block",
        () -> {
          try (TaskScope block =
              TaskScope.open(
                  "block", o -> o.cancelTimeout(Duration.ZERO).drainTimeout(Duration.ZERO))) {
            block.spawn(
                "stubborn",
                () -> {
                  started.countDown();
                  uninterruptibly(stubbornMayEnd);
                });
            started.await();
          }
        });
  }

  ShutdownReport shutDownChild() {
    TaskScope child = root.child("short-lived");
    child.own("resource", () -> {});
    return child.shutdown(Duration.ofSeconds(5));
  }

  private static void uninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        if (latch.await(1, TimeUnit.MINUTES)) {
          return;
        }
      } catch (InterruptedException e) {
        // this is what makes it stubborn
      }
    }
  }

  static void await(Task<?> task) throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException | CancellationException e) {
      // ends are counted, not judged
    }
  }

  @Override
  public void close() {
    stubbornMayEnd.countDown();
    failing.close();
    fixture.close();
  }
}
