// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A task comes while its scope closes: it is refused, or it is waited for. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(
    id = "1, 1",
    expect = Expect.ACCEPTABLE,
    desc = "accepted, and ended before close returned")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost")
@State
public class SpawnCloseStress {
  private final TaskScope scope = Stress.scope();
  // An earlier task leaves free slots, which a later one takes without knocking.
  private final Task<?> earlier = scope.spawn("earlier", () -> 1);

  @Actor
  public void spawn(II_Result r) {
    try {
      scope.spawn("t", () -> 1);
      r.r1 = 1;
    } catch (ScopeClosedException refused) {
      r.r1 = 0;
    }
  }

  @Actor
  public void close() {
    scope.close();
  }

  @Arbiter
  public void look(II_Result r) {
    Stress.awaitEnd(earlier);
    r.r2 = Stress.addsUp(scope, 1 + r.r1);
  }
}
