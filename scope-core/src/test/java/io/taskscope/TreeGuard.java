// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.HookStatus;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import io.taskscope.view.PathStatistics;
import io.taskscope.view.ScopeView;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Makes scopes for a test, and after it checks what must hold whatever the test did: the counts of
 * every scope and path add up, no scope is left open, hooks were told of every step exactly once
 * and in order, no hook has failed unexpectedly, no thread or timer of Taskscope is still at work,
 * and nothing has leaked into the test's thread.
 */
public final class TreeGuard
    implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Queue<TaskScope> roots = new ConcurrentLinkedQueue<>();
  private final Queue<CountDownLatch> latches = new ConcurrentLinkedQueue<>();
  private final Witness witness = new Witness();
  private Map<String, Map<String, Long>> failuresBefore = Map.of();
  private HookRegistration registration;
  private boolean hookFailuresExpected;

  /** Notes what hooks are told, and what should not have been told like that. */
  private static final class Witness implements TaskHook {
    private enum Step {
      CREATED,
      STARTED,
      OPENED,
      CLOSING
    }

    final Map<Long, Step> tasks = new ConcurrentHashMap<>();
    final Map<Long, Step> scopes = new ConcurrentHashMap<>();
    final Queue<String> violations = new ConcurrentLinkedQueue<>();
    volatile boolean scopesCloseEarly;

    private void step(boolean allowed, String what, Object subject) {
      if (!allowed) {
        violations.add(what + " out of turn: " + subject);
      }
    }

    private void scopeStep(boolean allowed, String what, TaskScope scope) {
      if (scopesCloseEarly) {
        scopes.clear();
      } else {
        step(allowed, what, scope);
      }
    }

    @Override
    public void taskCreated(Task<?> task) {
      step(tasks.put(task.id(), Step.CREATED) == null, "taskCreated", task);
    }

    @Override
    public void taskStarted(Task<?> task) {
      step(tasks.put(task.id(), Step.STARTED) == Step.CREATED, "taskStarted", task);
    }

    @Override
    public void taskFinished(Task<?> task) {
      step(tasks.remove(task.id()) != null, "taskFinished", task);
      step(task.outcome().isPresent(), "taskFinished without outcome", task);
    }

    @Override
    public void scopeOpened(TaskScope scope) {
      scopeStep(scopes.put(scope.id(), Step.OPENED) == null, "scopeOpened", scope);
    }

    @Override
    public void scopeClosing(TaskScope scope) {
      scopeStep(scopes.put(scope.id(), Step.CLOSING) == Step.OPENED, "scopeClosing", scope);
    }

    @Override
    public void scopeClosed(TaskScope scope) {
      scopeStep(scopes.remove(scope.id()) == Step.CLOSING, "scopeClosed", scope);
      step(scope.state() == ScopeState.CLOSED, "scopeClosed before the end", scope);
    }
  }

  /** A root that is shut down after the test. */
  public TaskScope root(String name) {
    return root(name, o -> o);
  }

  /** A root, with options, that is shut down after the test. */
  public TaskScope root(String name, UnaryOperator<ScopeOptions> options) {
    TaskScope root = TaskScope.root(name, options);
    roots.add(root);
    return root;
  }

  /**
   * A latch that is opened after the test at the latest, so that stubborn bodies come to an end.
   */
  public CountDownLatch latch() {
    CountDownLatch latch = new CountDownLatch(1);
    latches.add(latch);
    return latch;
  }

  /** Says that scopes close so early in this test that some hooks hear of that first. */
  public void expectScopesToCloseWhileTheyOpen() {
    witness.scopesCloseEarly = true;
  }

  /** Says that this test makes hooks fail. */
  public void expectHookFailures() {
    hookFailuresExpected = true;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    failuresBefore = hookFailures();
    registration = Hooks.add(witness);
  }

  private static Map<String, Map<String, Long>> hookFailures() {
    return Hooks.status().stream()
        .filter(status -> !status.failures().isEmpty())
        .collect(Collectors.toMap(HookStatus::hook, HookStatus::failures));
  }

  /** Runs on the test's own thread, which is not the one of the other callbacks. */
  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext extension)
      throws Throwable {
    invocation.proceed();
    assertThat(Context.current()).as("context left behind").isNull();
    assertThat(Thread.interrupted()).as("interrupt left behind").isFalse();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    latches.forEach(CountDownLatch::countDown);
    List<ScopeNode> nodes = new ArrayList<>();
    for (TaskScope root : roots) {
      nodes.addAll(((ScopeNode) root).subtree());
      root.shutdown(Duration.ofSeconds(5));
    }
    for (ScopeNode node : nodes) {
      ScopeView view = node.view();
      assertThat(view.state()).as(node + " state").isEqualTo(ScopeState.CLOSED);
      assertThat(view.live()).as(node + " live").isZero();
      assertThat(view.started()).as(node + " started").isEqualTo(view.finished().total());
    }
    assertThat(TaskScope.roots()).as("roots left open").isEmpty();
    checkThatTheTreeStillWorks();
    await("every task tells its end", witness.tasks::isEmpty, () -> witness.tasks);
    await("every scope tells its end", witness.scopes::isEmpty, () -> witness.scopes);
    registration.close();
    assertThat(witness.violations).as("hook calls").isEmpty();
    assertThat(registration.status().failures()).isEmpty();
    if (!hookFailuresExpected) {
      assertThat(hookFailures())
          .as("hook failures not announced with expectHookFailures()")
          .isEqualTo(failuresBefore);
    }
    await("statistics add up", TreeGuard::statisticsAddUp, TaskScope::statistics);
    await("threads of Taskscope are idle", () -> busyThreads().isEmpty(), TreeGuard::busyThreads);
  }

  /** A list of roots that has been damaged shows it here. */
  private static void checkThatTheTreeStillWorks() {
    TaskScope first = TaskScope.root("probe-1");
    TaskScope second = TaskScope.root("probe-2");
    assertThat(TaskScope.roots()).as("new roots").containsExactly(first, second);
    first.close();
    assertThat(TaskScope.roots()).as("new roots").containsExactly(second);
    second.close();
    assertThat(TaskScope.roots()).as("new roots").isEmpty();
  }

  private static boolean statisticsAddUp() {
    return TaskScope.statistics().paths().stream().allMatch(TreeGuard::addsUp);
  }

  private static boolean addsUp(PathStatistics path) {
    long started = path.started().values().stream().mapToLong(Long::longValue).sum();
    return path.live() == 0 && path.openScopes() == 0 && started == path.finished().total();
  }

  private static List<String> busyThreads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey().getName().startsWith("taskscope-"))
        .filter(entry -> Arrays.stream(entry.getValue()).anyMatch(TreeGuard::isOurs))
        .map(entry -> entry.getKey() + " " + Arrays.toString(entry.getValue()))
        .toList();
  }

  private static boolean isOurs(StackTraceElement frame) {
    return frame.getClassName().startsWith("io.taskscope.");
  }

  /** Waits for what no event tells, and fails if it does not come. */
  static void await(String what, BooleanSupplier condition) {
    await(what, condition, () -> "");
  }

  private static void await(
      String what, BooleanSupplier condition, java.util.function.Supplier<?> seen) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError("in vain: " + what + " " + seen.get());
      }
      LockSupport.parkNanos(50_000);
    }
  }

  /** Blocks until the latch opens, whatever interrupts come; gives up after half a minute. */
  static void awaitStubbornly(CountDownLatch latch) {
    boolean interrupted = false;
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < until) {
      try {
        if (latch.await(1, TimeUnit.SECONDS)) {
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

  /**
   * Keeps every carrier thread busy while the action runs, so that new virtual threads stay queued.
   */
  static <T> T withoutCarriers(Function<CountDownLatch, T> action) throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    int carriers =
        ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class).getParallelism();
    CountDownLatch busy = new CountDownLatch(carriers);
    List<Thread> spinning = new ArrayList<>();
    for (int i = 0; i < carriers; i++) {
      spinning.add(
          Thread.startVirtualThread(
              () -> {
                busy.countDown();
                while (release.getCount() > 0) {
                  Thread.onSpinWait();
                }
              }));
    }
    try {
      busy.await();
      return action.apply(release);
    } finally {
      release.countDown();
      for (Thread thread : spinning) {
        thread.join();
      }
    }
  }
}
