// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.view.ScopeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes scopes for a test, and after it checks what must hold whatever the test did: the counts of
 * every scope add up, no scope is left open, no hook has failed unexpectedly, and no context has
 * leaked.
 */
public final class TreeGuard implements BeforeEachCallback, AfterEachCallback {
  private final List<TaskScope> roots = new ArrayList<>();
  private final List<CountDownLatch> released = new ArrayList<>();
  private final Map<String, HookStatus> hooksBefore = new HashMap<>();

  /** A root that is shut down after the test. */
  public TaskScope root(String name) {
    return root(name, o -> o);
  }

  /** A root, with options, that is shut down after the test. */
  public TaskScope root(String name, java.util.function.UnaryOperator<ScopeOptions> options) {
    TaskScope root = TaskScope.root(name, options);
    roots.add(root);
    return root;
  }

  /**
   * A latch that is opened after the test at the latest, so that stubborn bodies come to an end.
   */
  public CountDownLatch latch() {
    CountDownLatch latch = new CountDownLatch(1);
    released.add(latch);
    return latch;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Hooks.status().forEach(status -> hooksBefore.put(status.hook(), status));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    released.forEach(CountDownLatch::countDown);
    for (TaskScope root : roots) {
      List<ScopeNode> nodes = new ArrayList<>(((ScopeNode) root).subtree());
      root.shutdown(Duration.ofSeconds(5));
      nodes.add((ScopeNode) root);
      for (ScopeNode node : nodes) {
        ScopeView view = node.view();
        assertThat(view.started()).as(node + " started").isEqualTo(view.finished().total());
        assertThat(view.live()).as(node + " live").isZero();
      }
    }
    assertThat(TaskScope.roots()).as("roots left open").isEmpty();
    assertThat(TaskScope.current()).as("context left behind").isEmpty();
  }

  /** Blocks until the latch opens, whatever interrupts come; gives up after half a minute. */
  static void awaitStubbornly(CountDownLatch latch) {
    boolean interrupted = false;
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < until) {
      try {
        if (latch.await(1, java.util.concurrent.TimeUnit.SECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
