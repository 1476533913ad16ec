// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.HookRegistration;
import io.taskscope.hook.Hooks;
import io.taskscope.hook.TaskHook;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A hook is taken out while a task runs: it hears of start and end, or of neither. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "taken out before")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "taken out after the start")
@Outcome(expect = Expect.FORBIDDEN, desc = "half of a bracket")
@State
public class HookRemovalStress {
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final TaskScope scope = Stress.scope();
  private final HookRegistration registration =
      Hooks.add(
          new TaskHook() {
            @Override
            public void taskStarted(Task<?> task) {
              count(task, started);
            }

            @Override
            public void taskFinished(Task<?> task) {
              count(task, finished);
            }

            private void count(Task<?> task, AtomicInteger counter) {
              if (task.scope() == scope) { // others are tested at the same time
                counter.incrementAndGet();
              }
            }
          });

  @Actor
  public void call() {
    scope.call("t", () -> {});
  }

  @Actor
  public void remove() {
    registration.close();
  }

  @Arbiter
  public void look(II_Result r) {
    r.r1 = started.get();
    r.r2 = finished.get();
    scope.close();
  }
}
