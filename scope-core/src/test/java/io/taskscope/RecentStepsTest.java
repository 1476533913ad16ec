// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentStepsTest {
  private static long ms(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  private static RecentSteps queued(long queued, long others, long steps) {
    return new RecentSteps(
        ms(1_000), queued, others / 2, others - others / 2, 0, 0, 0, steps, 0, 0);
  }

  private static RecentSteps pinned(long pinned) {
    return new RecentSteps(ms(1_000), 0, 0, pinned, pinned, 1, 0, 2, 0, 0);
  }

  private static RecentSteps yielding(long yields, long steps) {
    return new RecentSteps(ms(1_000), 0, 0, 0, 0, 0, yields, steps, 0, 0);
  }

  @Test
  void longQueue_atEachLimit_isOneAndBelowItIsNot() {
    assertThat(queued(ms(100), ms(900), 100).hasLongQueue()).isTrue();
    assertThat(queued(ms(100), ms(901), 100).hasLongQueue()).as("share").isFalse();
    assertThat(queued(ms(100), ms(900), 101).hasLongQueue()).as("mean").isFalse();
    assertThat(queued(ms(99), ms(1), 1).hasLongQueue()).as("in all").isFalse();
    assertThat(queued(0, 0, 0).hasLongQueue()).as("nothing").isFalse();
  }

  @Test
  void pinned_atTheLimit_isAndBelowItIsNot() {
    assertThat(pinned(ms(20)).isPinned()).isTrue();
    assertThat(pinned(ms(20) - 1).isPinned()).isFalse();
  }

  @Test
  void busyYielding_manyAndMostSteps_isAndElseIsNot() {
    assertThat(yielding(1_000, 1_999).isBusyYielding()).isTrue();
    assertThat(yielding(999, 999).isBusyYielding()).as("few").isFalse();
    assertThat(yielding(1_000, 2_000).isBusyYielding()).as("half").isFalse();
  }
}
