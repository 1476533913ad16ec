// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.ScopeState;
import io.taskscope.TaskOrigin;
import io.taskscope.view.OutcomeCounts;
import io.taskscope.view.PathStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  @Test
  void next_calledTwice_showsTheRateBetween() {
    StatusTable table = new StatusTable();
    table.next(statistics(10, 1), Duration.ofSeconds(5));

    String second = table.next(statistics(20, 1), Duration.ofSeconds(5));

    assertThat(second.lines().skip(1).map(line -> line.replaceAll(" +", " ")))
        .containsExactly("/web/handlers 1 20 2.0 3 1.5 s");
  }

  @Test
  void next_noTaskEver_leavesTheScopeOut() {
    assertThat(new StatusTable().next(statistics(0, 0), Duration.ofSeconds(5)).lines()).hasSize(1);
  }

  @Test
  void next_nothingLive_hasNoOldest() {
    assertThat(new StatusTable().next(statistics(4, 0), Duration.ofSeconds(5)).strip())
        .endsWith(" -");
  }

  private static List<PathStatistics> statistics(long started, long live) {
    return List.of(
        new PathStatistics(
            "/web/handlers",
            "/web",
            "handlers",
            2,
            1,
            true,
            live,
            Map.of(TaskOrigin.CALLED, started, TaskOrigin.SPAWNED, 0L),
            new OutcomeCounts(started - 3 - live, 3, 0, 0),
            Map.of(ScopeState.OPEN, 1L),
            Duration.ofMillis(1_500),
            Optional.empty(),
            Optional.empty()));
  }
}
