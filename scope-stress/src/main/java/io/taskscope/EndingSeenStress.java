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

/**
 * Whoever looks at the live tasks and then at the history finds a task that is ending meanwhile.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "seen, and counted once")
@Outcome(expect = Expect.FORBIDDEN, desc = "in neither of the two, or counted wrongly")
@State
public class EndingSeenStress {
  private final CountDownLatch release = new CountDownLatch(1);
  private final TaskScope scope = Stress.ROOT.child("s", o -> o.history(1));
  private final Task<?> task = scope.spawn("t", () -> release.await());

  @Actor
  public void end() {
    ((TaskRun<?>) task).abandon(List.of(), given -> {});
  }

  @Actor
  public void look(II_Result r) {
    boolean live = scope.tasks().contains(task);
    boolean ended = scope.history().stream().anyMatch(finished -> finished.id() == task.id());
    r.r1 = live || ended ? 1 : 0;
  }

  @Arbiter
  public void count(II_Result r) {
    release.countDown();
    Stress.awaitEnd(task);
    r.r2 = Stress.addsUp(scope, 1);
    scope.close();
  }
}
