// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class CreationSiteTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static StackTraceElement here() {
    return StackWalker.getInstance()
        .walk(frames -> frames.skip(1).findFirst().orElseThrow().toStackTraceElement());
  }

  private static void assertLineAfter(Task<?> task, StackTraceElement here) {
    assertLine(task, here, 1);
  }

  private static void assertLine(Task<?> task, StackTraceElement here, int after) {
    assertThat(task.creationSite()).hasSize(1);
    StackTraceElement site = task.creationSite().getFirst();
    assertThat(site.getClassName()).isEqualTo(CreationSiteTest.class.getName());
    assertThat(site.getMethodName()).isEqualTo(here.getMethodName());
    assertThat(site.getLineNumber()).isEqualTo(here.getLineNumber() + after);
  }

  @Test
  void off_keepsNothing() throws Exception {
    TaskScope web = guard.root("web");
    Task<Integer> task = web.spawn("t", () -> 1);

    assertThat(task.creationSite()).isEmpty();
    assertThat(web.options().creationSite()).isEqualTo(CreationSite.OFF);
  }

  @Test
  void line_ofSpawn_isThatOfTheCaller() {
    TaskScope web = guard.root("web", o -> o.creationSite(CreationSite.LINE));

    StackTraceElement callable = here();
    Task<Integer> a = web.spawn("t", () -> 1);
    StackTraceElement action = here();
    Task<Void> b = web.spawn("t", () -> {});

    assertLineAfter(a, callable);
    assertLineAfter(b, action);
  }

  @Test
  void line_ofCall_isThatOfTheCaller() {
    TaskScope web = guard.root("web", o -> o.creationSite(CreationSite.LINE));

    StackTraceElement here = here();
    Task<?> task = web.call("t", () -> Task.current().orElseThrow());

    assertLineAfter(task, here);
  }

  @Test
  void line_ofExecutor_isThatOfTheCaller() throws Exception {
    TaskScope web = guard.root("web", o -> o.creationSite(CreationSite.LINE));
    Callable<Task<?>> current = () -> Task.current().orElseThrow();
    List<Callable<Task<?>>> all = List.of(current);

    StackTraceElement submit = here();
    Task<?> a = web.executor().submit(current).get();
    StackTraceElement invoke = here();
    Task<?> b = web.executor().invokeAll(all).getFirst().get();

    assertLineAfter(a, submit);
    assertLineAfter(b, invoke);
  }

  @Test
  void line_ofRace_isThatOfTheCaller() throws Exception {
    TaskScope web = guard.root("web", o -> o.creationSite(CreationSite.LINE));
    List<Task<?>> runners = new ArrayList<>();
    List<Callable<Boolean>> bodies = List.of(() -> runners.add(Task.current().orElseThrow()));
    List<StackTraceElement> here = new ArrayList<>();

    web.call("t", () -> here.add(here()) && TaskScope.race(RaceMode.FIRST_RESULT, bodies));

    assertLine(runners.getFirst(), here.getFirst(), 0);
  }

  @Test
  void line_ofScopeAbove_holdsBelowUnlessToldOtherwise() {
    TaskScope web = guard.root("web", o -> o.creationSite(CreationSite.LINE));
    TaskScope app = web.child("app");
    TaskScope quiet = app.child("quiet", o -> o.creationSite(CreationSite.OFF));

    assertThat(app.spawn("t", () -> 1).creationSite()).hasSize(1);
    assertThat(quiet.spawn("t", () -> 1).creationSite()).isEmpty();
  }

  @Test
  void stack_ofSpawn_goesDownToTheTest() {
    TaskScope web = guard.root("web", o -> o.creationSite(CreationSite.STACK));

    Task<Integer> task = helper(web);

    List<StackTraceElement> site = task.creationSite();
    assertThat(site.get(0).getMethodName()).isEqualTo("helper");
    assertThat(site.get(1).getMethodName()).isEqualTo("stack_ofSpawn_goesDownToTheTest");
    assertThat(site).hasSizeGreaterThan(5);
  }

  private static Task<Integer> helper(TaskScope web) {
    return web.spawn("t", () -> 1);
  }

  @Test
  void creationSite_isThereForHooks() {
    List<List<StackTraceElement>> seen = new ArrayList<>();
    TaskScope web =
        guard.root(
            "web",
            o ->
                o.creationSite(CreationSite.LINE)
                    .hook(
                        new io.taskscope.hook.TaskHook() {
                          @Override
                          public void taskCreated(Task<?> task) {
                            seen.add(task.creationSite());
                          }
                        }));

    web.call("t", () -> {});

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst()).hasSize(1);
  }
}
