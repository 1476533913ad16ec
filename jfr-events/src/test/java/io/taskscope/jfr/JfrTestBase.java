// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import io.taskscope.ScopeOptions;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Installs the events for each test, and shuts down the trees it made. */
abstract class JfrTestBase {
  private final List<TaskScope> roots = new ArrayList<>();
  private final List<CountDownLatch> latches = new ArrayList<>();
  private HookRegistration registration;

  @BeforeEach
  void install() {
    registration = JfrEvents.install();
  }

  @AfterEach
  void shutDown() {
    latches.forEach(CountDownLatch::countDown);
    roots.forEach(root -> root.shutdown(Duration.ofSeconds(10)));
    registration.close();
  }

  final TaskScope root(String name) {
    return root(name, UnaryOperator.identity());
  }

  final TaskScope root(String name, UnaryOperator<ScopeOptions> options) {
    TaskScope root = TaskScope.root(name, options);
    roots.add(root);
    return root;
  }

  /** A latch that is open at the latest after the test, so that no task of it stays. */
  final CountDownLatch latch() {
    CountDownLatch latch = new CountDownLatch(1);
    latches.add(latch);
    return latch;
  }

  /** Waits whatever interrupts come. */
  static void awaitStubbornly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
