// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.ScopeOptions;
import io.taskscope.TaskScope;
import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.view.Statistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One test: what was there before it, what it made, and what it may do. */
final class TestRun implements TaskHook {
  private static final Duration SHUTDOWN = Duration.ofSeconds(5);

  /** How far the clock of the test goes at a time while trees shut down: any limit will do. */
  private static final Duration STEP = Duration.ofSeconds(1);

  /** How long a shutdown may really take, by a watch on the wall. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long threads have to come to their end after the test. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  volatile boolean hookFailuresExpected;
  volatile boolean leaksExpected;
  volatile boolean dropsExpected;

  private final @Nullable TaskScope scopeBefore = TaskScope.current().orElse(null);
  private final Set<TaskScope> rootsBefore = new LinkedHashSet<>(TaskScope.roots());
  private final List<HookStatus> hooksBefore = Hooks.status();
  private final Statistics before = TaskScope.statistics();

  private final Queue<TaskScope> roots = new ConcurrentLinkedQueue<>();
  private final Queue<CountDownLatch> latches = new ConcurrentLinkedQueue<>();
  private @Nullable TestClock clock; // guarded by this

  /**
   * Scopes that were opened, but for those that closed with nothing live: of these are too many.
   */
  private final Set<TaskScope> scopes = ConcurrentHashMap.newKeySet();

  private final HookRegistration hook = Hooks.add(this);

  @Override
  public void scopeOpened(TaskScope scope) {
    scopes.add(scope);
  }

  @Override
  public void scopeClosed(TaskScope scope) {
    if (Invariants.ofClosed(scope.view()).isEmpty()) { // else it is looked at again after the test
      scopes.remove(scope);
    }
  }

  TaskScope root(String name, UnaryOperator<ScopeOptions> options) {
    TaskScope root = TaskScope.root(name, options);
    roots.add(root);
    return root;
  }

  synchronized TestClock clock() {
    if (clock == null) {
      clock = new TestClock();
    }
    return clock;
  }

  CountDownLatch latch() {
    CountDownLatch latch = new CountDownLatch(1);
    latches.add(latch);
    return latch;
  }

  void finish(String test) {
    List<String> broken = new ArrayList<>();
    latches.forEach(CountDownLatch::countDown);
    broken.addAll(leaveBlocks());
    for (TaskScope root : roots) {
      broken.addAll(shutDown(root));
    }
    for (TaskScope root : TaskScope.roots()) {
      if (!rootsBefore.contains(root)) {
        broken.add("root %s (id %s) was left open".formatted(root.path(), root.id()));
        broken.addAll(shutDown(root)); // the next test shall not suffer for it
      }
    }
    hook.close();
    broken.addAll(soon(this::brokenCounts));
    if (!leaksExpected) {
      broken.addAll(soon(this::leaks));
    }
    if (!hookFailuresExpected) {
      broken.addAll(Invariants.ofHooks(hooksBefore, Hooks.status()));
    }
    if (!dropsExpected) {
      broken.addAll(drops());
    }
    if (!broken.isEmpty()) {
      throw new AssertionError(
          "after %s this does not hold:%n - %s"
              .formatted(test, String.join(System.lineSeparator() + " - ", broken)));
    }
  }

  private List<String> leaveBlocks() {
    TaskScope left = TaskScope.current().orElse(null);
    if (left == scopeBefore) {
      return List.of();
    }
    for (TaskScope at = left;
        at != null && at != scopeBefore && at.isBlock();
        at = TaskScope.current().orElse(null)) {
      at.close();
    }
    return List.of(
        "the thread of the test is still in %s"
            .formatted(left == null ? "another scope than before" : left));
  }

  private List<String> shutDown(TaskScope root) {
    root.cancel("the test is over");
    Thread stopping =
        Thread.ofPlatform()
            .daemon()
            .inheritInheritableThreadLocals(false)
            .name("shutdown of " + root.path())
            .start(() -> root.shutdown(SHUTDOWN));
    if (soon(PATIENCE, () -> ended(stopping) ? List.of() : List.of(root)).isEmpty()) {
      return List.of();
    }
    return List.of(
        "%s was not shut down within %s s; if it goes by a clock of its own, use that of the extension"
            .formatted(root, PATIENCE.toSeconds()));
  }

  private boolean ended(Thread stopping) {
    TestClock own;
    synchronized (this) {
      own = clock;
    }
    if (own != null && stopping.isAlive()) {
      own.advance(STEP);
    }
    return !stopping.isAlive();
  }

  private List<String> brokenCounts() {
    return scopes.stream().flatMap(s -> Invariants.ofClosed(s.view()).stream()).sorted().toList();
  }

  private List<String> leaks() {
    return roots.stream().flatMap(r -> Invariants.ofFindings(r.findings()).stream()).toList();
  }

  private List<String> drops() {
    Statistics now = TaskScope.statistics();
    List<String> broken = new ArrayList<>();
    broken.addAll(
        Invariants.ofDrops(
            "completions were dropped", before.completionsDropped(), now.completionsDropped()));
    broken.addAll(
        Invariants.ofDrops(
            "scopes were counted under (other)", before.overflowed(), now.overflowed()));
    return broken;
  }

  private static List<String> soon(Supplier<List<String>> look) {
    return soon(GRACE, look);
  }

  /** Looks again and again until nothing is wrong, for some time. */
  private static <T> List<T> soon(Duration patience, Supplier<List<T>> look) {
    long until = System.nanoTime() + patience.toNanos();
    List<T> broken = look.get();
    while (!broken.isEmpty() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(1_000_000);
      broken = look.get();
    }
    return broken;
  }
}
