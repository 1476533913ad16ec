// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A task and the one it has called are cancelled while the inner one ends on their thread: what
 * that one takes away with its own interrupt, the outer one gets all the same, and once.
 */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "the outer task is interrupted, once")
@Outcome(expect = Expect.FORBIDDEN, desc = "its interrupt is lost, or left to its caller")
@State
public class CancelNestedStress {
  private final TaskScope scope = Stress.scope();
  private volatile @Nullable Task<?> inner;
  private volatile boolean cancelled;

  @Actor
  public void call(III_Result r) {
    scope.call(
        "outer",
        () -> {
          scope.call("inner", () -> inner = Task.current().orElseThrow());
          while (!cancelled) {
            Thread.onSpinWait();
          }
          r.r1 = Thread.currentThread().isInterrupted() ? 1 : 0;
        });
    r.r2 = Thread.interrupted() ? 1 : 0;
  }

  @Actor
  public void cancel() {
    Task<?> task = inner;
    while (task == null) {
      Thread.onSpinWait();
      task = inner;
    }
    Task<?> outer = scope.tasks().stream().filter(t -> t.name().equals("outer")).findAny().get();
    task.cancel("stress");
    outer.cancel("stress");
    cancelled = true;
  }

  @Arbiter
  public void look(III_Result r) {
    r.r3 = Stress.addsUp(scope, 2);
    scope.close();
  }
}
