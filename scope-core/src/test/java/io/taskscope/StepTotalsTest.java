// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What counts as lately, with times that are given and not waited for. */
class StepTotalsTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final StepTotals totals = new StepTotals();
  private final long start = System.nanoTime();

  private void addSlowTask(boolean virtual) throws Exception {
    TaskScope scope = guard.root("totals");
    TaskRun<?> task = (TaskRun<?>) scope.spawn("slow", () -> 1);
    task.get();
    Steps steps = new Steps();
    steps.begun(start, virtual);
    totals.add(task, steps.settled(start + Duration.ofMillis(1_500).toNanos()), start);
  }

  private RecentSteps at(Duration later) {
    return totals.recent(totals.finished(), new StepTotals.Sum(), start + later.toNanos());
  }

  @Test
  void recent_firstLook_goesBackToTheBeginning() throws Exception {
    addSlowTask(true);
    RecentSteps recent = at(Duration.ofHours(3));
    assertThat(recent.slow()).isEqualTo(1);
    assertThat(recent.neverYielded()).isEqualTo(1);
    assertThat(recent.running()).isEqualTo(1_500_000_000);
    assertThat(Duration.ofNanos(recent.span())).isBetween(Duration.ofHours(2), Duration.ofHours(4));
  }

  @Test
  void recent_looksEveryFewSeconds_goesBackOneToTwoMinutes() throws Exception {
    at(Duration.ofSeconds(60));
    addSlowTask(true);
    for (int second = 61; second <= 120; second += 5) {
      assertThat(at(Duration.ofSeconds(second)).slow()).isEqualTo(1);
    }
    assertThat(at(Duration.ofSeconds(121)).slow()).as("second window begins").isEqualTo(1);
    assertThat(at(Duration.ofSeconds(179)).slow()).isEqualTo(1);
    RecentSteps later = at(Duration.ofSeconds(182));
    assertThat(later.slow()).isZero();
    assertThat(later.steps()).isZero();
    assertThat(Duration.ofNanos(later.span()).toSeconds()).isBetween(55L, 65L);
  }

  @Test
  void slowAndNeverYielding_onAPlatformThread_isNothing() throws Exception {
    addSlowTask(false);
    RecentSteps recent = at(Duration.ofSeconds(1));
    assertThat(recent.slow()).isZero();
    assertThat(recent.neverYielded()).isZero();
    assertThat(recent.running()).isEqualTo(1_500_000_000);
  }
}
