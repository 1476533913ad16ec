// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import io.taskscope.hook.TaskHook;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A task that ends while it is cancelled and abandoned finishes once. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one end, told once and counted once")
@Outcome(expect = Expect.FORBIDDEN, desc = "none, or more than one")
@State
public class FinishOnceStress {
  private final AtomicInteger told = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private final TaskScope scope =
      Stress.ROOT.child(
          "s",
          o ->
              o.history(0)
                  .hook(
                      new TaskHook() {
                        @Override
                        public void taskFinished(Task<?> task) {
                          told.incrementAndGet();
                        }
                      }));
  private final Task<?> task = scope.spawn("t", () -> release.await());

  @Actor
  public void end() {
    release.countDown();
  }

  @Actor
  public void abandon() {
    task.cancel("stress");
    ((TaskRun<?>) task).abandon(java.util.List.of(), given -> {});
  }

  @Arbiter
  public void look(II_Result r) {
    Stress.awaitEnd(task);
    while (task.thread().isPresent()) { // told when the body has ended, which may be after that
      Thread.onSpinWait();
    }
    r.r1 = told.get();
    r.r2 = Stress.addsUp(scope, 1);
    scope.close();
  }
}
