// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.hook.TelemetryDrops;
import io.taskscope.hook.TelemetryDrops.Signal;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Sources stay counted as long as the JVM lives, so each test has reasons of its own. */
class TelemetryDropsTest {
  private static Long count(Signal signal, String reason) {
    return TelemetryDrops.counts().getOrDefault(signal, Map.of()).get(reason);
  }

  @Test
  void counts_ofTwoSourcesOfASignal_areAddedUp() {
    AtomicLong one = new AtomicLong(3);
    try (var first = TelemetryDrops.add(Signal.SPANS, () -> Map.of("added_up", one.get()));
        var second = TelemetryDrops.add(Signal.SPANS, () -> Map.of("added_up", 4L, "else", 1L))) {
      assertThat(count(Signal.SPANS, "added_up")).isEqualTo(7);
      assertThat(count(Signal.SPANS, "else")).isEqualTo(1);
      one.set(5);
      assertThat(count(Signal.SPANS, "added_up")).isEqualTo(9);
      assertThat(first).isNotSameAs(second);
    }
  }

  @Test
  void close_ofASource_keepsWhatItLastSaid() {
    AtomicLong dropped = new AtomicLong(3);
    var source = TelemetryDrops.add(Signal.JFR, () -> Map.of("closed_source", dropped.get()));
    source.close();
    source.close();
    dropped.set(10);

    assertThat(count(Signal.JFR, "closed_source")).isEqualTo(3);
  }

  @Test
  void counts_whenASourceThrows_areThoseOfTheOthers() {
    try (var failing =
            TelemetryDrops.add(
                Signal.CONSOLE,
                () -> {
                  throw new IllegalStateException("thrown by a test");
                });
        var fine = TelemetryDrops.add(Signal.CONSOLE, () -> Map.of("beside_failing", 2L))) {
      assertThat(count(Signal.CONSOLE, "beside_failing")).isEqualTo(2);
      assertThat(failing).isNotSameAs(fine);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // null is the point
  void add_ofNothing_isRefused() {
    assertThatThrownBy(() -> TelemetryDrops.add(Signal.JFR, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("byReason");
  }

  @Test
  void history_thatGivesWayToOthers_isCounted() throws Exception {
    TaskScope root = TaskScope.root("drops", o -> o.history(HistoryBudget.MAX_PER_ROOT));
    try {
      TaskScope child = root.child("child", o -> o.history(HistoryBudget.MAX_PER_ROOT));
      Long before = count(Signal.HISTORY, "tree_full");
      for (int i = 0; i < HistoryBudget.MAX_PER_ROOT; i++) {
        root.call("t", () -> {});
      }
      assertThat(before).isNotNull().isEqualTo(count(Signal.HISTORY, "tree_full"));
      for (int i = 0; i < 10; i++) {
        child.call("t", () -> {});
      }

      assertThat(count(Signal.HISTORY, "tree_full")).isEqualTo(before + 10);
    } finally {
      root.close();
    }
  }
}
