// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whoever waits for a scope is woken when its last task is given up, and sees it done. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "woken, the task is done and counted")
@Outcome(expect = Expect.FORBIDDEN, desc = "woken too early, or not counted")
@State
public class JoinAbandonStress {
  private final CountDownLatch release = new CountDownLatch(1);
  private final TaskScope scope = Stress.scope();
  private final Task<?> task = scope.spawn("t", () -> Stress.awaitStubbornly(release));

  @Actor
  public void join(II_Result r) {
    try {
      scope.join();
      r.r1 = task.isDone() ? 1 : 0;
    } catch (InterruptedException e) {
      r.r1 = -1;
    }
  }

  @Actor
  public void abandon() {
    ((TaskRun<?>) task).abandon(List.of(), given -> {});
  }

  @Arbiter
  public void look(II_Result r) {
    r.r2 = Stress.addsUp(scope, 1);
    release.countDown();
    scope.close();
  }
}
