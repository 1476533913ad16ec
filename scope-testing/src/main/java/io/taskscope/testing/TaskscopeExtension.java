// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import io.taskscope.ScopeOptions;
import io.taskscope.TaskScope;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Makes trees for a test, shuts them down after it, and fails the test if something was lost or
 * left behind. After every test holds:
 *
 * <ul>
 *   <li>in every scope that was opened, {@code started = finished + live}, and nothing is live;
 *   <li>no root is open that was not made here, and the thread of the test is in no scope;
 *   <li>no hook failed or was quarantined, unless {@link #expectHookFailures} was called;
 *   <li>no body goes on that its scope gave up, unless {@link #expectLeaks} was called;
 *   <li>no completion was dropped and no path folded into {@code (other)}, unless {@link
 *       #expectDrops} was called.
 * </ul>
 *
 * <pre>{@code
 * @RegisterExtension final TaskscopeExtension taskscope = new TaskscopeExtension();
 *
 * @Test
 * void refresh_everyTenMinutes() {
 *   TaskScope web = taskscope.root("web", o -> o.clock(taskscope.clock()));
 *   ...
 * }
 * }</pre>
 *
 * <p>With {@code @ExtendWith(TaskscopeExtension.class)} a test method may have a parameter of this
 * type, of type {@link TaskScope}, which is a new root {@code test}, or of type {@link TestClock}.
 *
 * <p>What it checks is about the whole JVM: not for tests that run at the same time.
 */
public final class TaskscopeExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private volatile @Nullable TestRun run;

  /** For {@code @RegisterExtension} and {@code @ExtendWith}. */
  public TaskscopeExtension() {}

  /** A root that is shut down after the test. */
  public TaskScope root(String name) {
    return root(name, UnaryOperator.identity());
  }

  /** A root, with options, that is shut down after the test. */
  public TaskScope root(String name, UnaryOperator<ScopeOptions> options) {
    return run().root(name, options);
  }

  /**
   * The clock of this test, for the option {@code clock} of a root. After the test it is moved on
   * until the tree is shut down, which a clock of your own is not.
   */
  public TestClock clock() {
    return run().clock();
  }

  /** A latch that is opened after the test at the latest, so that bodies that wait for it end. */
  public CountDownLatch latch() {
    return run().latch();
  }

  /** In this test hooks may fail. */
  public void expectHookFailures() {
    run().hookFailuresExpected = true;
  }

  /** In this test tasks may be abandoned and go on. */
  public void expectLeaks() {
    run().leaksExpected = true;
  }

  /** In this test completions may be dropped, and paths may be too many. */
  public void expectDrops() {
    run().dropsExpected = true;
  }

  private TestRun run() {
    TestRun current = run;
    if (current == null) {
      throw new IllegalStateException(
          "no test is running: use this from @BeforeEach on, and not in a constructor or field");
    }
    return current;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    run = new TestRun();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestRun ended = run();
    run = null;
    ended.finish(context.getDisplayName());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TaskScope.class || type == TestClock.class || type == TaskscopeExtension.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == TaskScope.class) {
      return root("test");
    }
    return type == TestClock.class ? clock() : this;
  }
}
