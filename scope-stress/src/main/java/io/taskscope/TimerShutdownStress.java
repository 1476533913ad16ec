// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A timer is made while its scope closes: when that returns, no tick is live or comes any more. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the timer is off, every tick has ended")
@Outcome(expect = Expect.FORBIDDEN, desc = "a timer lives on, or a tick was lost")
@State
public class TimerShutdownStress {
  private final TaskScope scope = Stress.scope();
  private final AtomicInteger ticks = new AtomicInteger();
  private volatile @Nullable Timer timer;

  @Actor
  public void start() {
    try {
      timer = scope.every("tick", Duration.ofNanos(20_000), ticks::incrementAndGet);
    } catch (ScopeClosedException refused) {
      // as it may be
    }
  }

  @Actor
  public void close() {
    scope.close();
  }

  @Arbiter
  public void look(II_Result r) {
    Timer made = timer;
    r.r1 = made != null && made.isActive() ? 1 : 0;
    r.r2 = Stress.addsUp(scope, ticks.get());
  }
}
