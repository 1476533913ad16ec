// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.view.AgentStatus;
import io.taskscope.view.Finding;
import io.taskscope.view.Statistics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FindingSeriesTest {
  private final AtomicLong clock = new AtomicLong(1_000_000_000_000L);

  private Fixture fixture() {
    return Fixture.bound(TaskscopeMetrics.builder().clock(clock::get).build());
  }

  private Scrape scrapeLater(Fixture fixture) {
    clock.addAndGet(1_000_000_000L);
    return fixture.scrape();
  }

  private static double orphans(Scrape scrape, String path) {
    return scrape.value("taskscope_findings", "scope_path", path, "finding", "orphan");
  }

  @Test
  void findings_whenAllIsWell_areZeroOfEveryKind() {
    try (Fixture fixture = fixture()) {
      fixture.root();

      assertThat(fixture.scrape().find("taskscope_findings", "scope_path", ""))
          .extracting(sample -> sample.labels().get("finding"))
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(Finding.Kind.values()).map(Finding.Kind::label).toList());
    }
  }

  @Test
  void findings_ofAScope_areThoseOfTheCoreAndZeroWhenTheyAreOver() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (Fixture fixture = fixture()) {
      TaskScope scope = fixture.root().child("jobs");
      scope
          .spawn(
              "parent",
              () -> {
                scope.spawn("orphan", () -> mayEnd.await());
                scope.spawn("orphan", () -> mayEnd.await());
              })
          .get();

      assertThat(orphans(scrapeLater(fixture), scope.path())).isEqualTo(2);

      List<Task<?>> orphans = scope.tasks();
      mayEnd.countDown();
      for (Task<?> orphan : orphans) {
        orphan.get();
      }
      assertThat(orphans(scrapeLater(fixture), scope.path())).isZero();

      scope.shutdown(Duration.ofSeconds(5));
      assertThat(scrapeLater(fixture).find("taskscope_findings", "scope_path", scope.path()))
          .isEmpty();
    } finally {
      mayEnd.countDown();
    }
  }

  @Test
  void findings_readInQuickSuccession_areLookedForOnce() throws Exception {
    FindingCounts counts = new FindingCounts(clock::get);
    Statistics none = new Statistics(List.of(), 0, 0, AgentStatus.NONE);
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (Fixture fixture = Fixture.bound()) {
      TaskScope root = fixture.root();
      Map<List<String>, Long> before = counts.read(none);
      root.spawn("parent", () -> root.spawn("orphan", () -> mayEnd.await())).get();

      assertThat(counts.read(none)).isEqualTo(before);
      clock.addAndGet(1_000_000_000L);
      assertThat(counts.read(none)).containsEntry(List.of(root.path(), "orphan"), 1L);
    } finally {
      mayEnd.countDown();
    }
  }

  private static Finding finding(Finding.Kind kind, String path, long count) {
    return new Finding(kind, Finding.Severity.WARNING, path, "made by a test", List.of(), count);
  }

  @Test
  void counts_ofSeveralRoots_countWhatIsFoundFromEachOnce() {
    List<Finding> one =
        List.of(
            finding(Finding.Kind.SLOW_STEP, "/a", 5),
            finding(Finding.Kind.STUCK, "/a", 2),
            finding(Finding.Kind.INCOMPLETE, "", 3),
            finding(Finding.Kind.INCOMPLETE, "", 4));
    List<Finding> other =
        List.of(
            finding(Finding.Kind.SLOW_STEP, "/a", 5),
            finding(Finding.Kind.STUCK, "/a", 1),
            finding(Finding.Kind.INCOMPLETE, "", 3),
            finding(Finding.Kind.INCOMPLETE, "", 4));

    assertThat(FindingCounts.counts(List.of(one, other)))
        .isEqualTo(
            Map.of(
                List.of("/a", "slow_step"), 5L,
                List.of("/a", "stuck"), 3L,
                List.of("", "incomplete"), 7L));
  }
}
