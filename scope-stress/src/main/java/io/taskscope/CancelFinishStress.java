// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A cancellation meets the end of a task on a caller's thread: no interrupt is left to it. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "no interrupt left behind, counted once")
@Outcome(expect = Expect.FORBIDDEN, desc = "the caller is interrupted, or the counts are wrong")
@State
public class CancelFinishStress {
  private final TaskScope scope = Stress.scope();
  private volatile @Nullable Task<?> current;

  @Actor
  public void call(II_Result r) {
    scope.call("t", () -> current = Task.current().orElseThrow());
    r.r1 = Thread.interrupted() ? 1 : 0;
  }

  @Actor
  public void cancel() {
    Task<?> task = current;
    while (task == null) {
      Thread.onSpinWait();
      task = current;
    }
    task.cancel("stress");
  }

  @Arbiter
  public void look(II_Result r) {
    r.r1 += Thread.interrupted() ? 1 : 0;
    r.r2 = Stress.addsUp(scope, 1);
    scope.close();
  }
}
