// SPDX-License-Identifier: Apache-2.0
package io.taskscope.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ScopeState;
import io.taskscope.hook.HookStatus;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.ScopeView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What core should never let happen can only be made up. */
class InvariantsTest {
  private static ScopeView scope(long live, long started, OutcomeCounts finished) {
    return new ScopeView(
        7,
        "web",
        "/web",
        ScopeState.CLOSED,
        false,
        Duration.ZERO,
        live,
        started,
        finished,
        Duration.ZERO,
        List.of(),
        List.of());
  }

  @Test
  void counts_thatAddUp_areNotReported() {
    assertThat(Invariants.ofClosed(scope(0, 10, new OutcomeCounts(4, 3, 2, 1)))).isEmpty();
  }

  @Test
  void counts_thatDoNotAddUp_areReportedWithNumbers() {
    assertThat(Invariants.ofClosed(scope(0, 12, new OutcomeCounts(4, 3, 2, 1))))
        .containsExactly(
            "scope /web (id 7) started 12 tasks, but 10 finished and 0 are live: 2 are lost");
  }

  @Test
  void liveTask_isReported() {
    assertThat(Invariants.ofClosed(scope(1, 11, new OutcomeCounts(4, 3, 2, 1))))
        .containsExactly("scope /web (id 7) still has 1 live tasks");
  }

  @Test
  void hooks_reportWhatIsNew() {
    HookStatus before = new HookStatus("a.Hook", Map.of("taskStarted", 2L), false);
    HookStatus after = new HookStatus("a.Hook", Map.of("taskStarted", 5L), true);

    assertThat(Invariants.ofHooks(List.of(before), List.of(after)))
        .containsExactly(
            "hook a.Hook failed 3 times in taskStarted", "hook a.Hook was quarantined");
    assertThat(Invariants.ofHooks(List.of(after), List.of(after))).isEmpty();
  }

  @Test
  void drops_reportTheDifference() {
    assertThat(Invariants.ofDrops("scopes were counted under (other)", 3, 5))
        .containsExactly("2 scopes were counted under (other)");
    assertThat(Invariants.ofDrops("x", 3, 3)).isEmpty();
  }
}
