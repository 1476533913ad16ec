// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskscope.otel.SpanDrops.Reason;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class SpanDropsTest {
  private final SpanDrops drops = new SpanDrops();

  @Test
  void counts_haveEveryReasonFromTheStart() {
    assertThat(drops.counts())
        .isEqualTo(
            Map.of("queue_full", 0L, "export_failed", 0L, "already_shutdown", 0L, "other", 0L));
    assertThat(drops.total()).isZero();
  }

  @Test
  void add_fromManyThreads_losesNothing() {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1000; i++) {
        executor.execute(() -> drops.add(Reason.QUEUE_FULL, 3));
      }
    }
    drops.add(Reason.EXPORT_FAILED, 7);

    assertThat(drops.count(Reason.QUEUE_FULL)).isEqualTo(3000);
    assertThat(drops.counts())
        .containsEntry("queue_full", 3000L)
        .containsEntry("export_failed", 7L);
    assertThat(drops.total()).isEqualTo(3007);
  }

  @Test
  void add_negative_isRefused() {
    assertThatThrownBy(() -> drops.add(Reason.OTHER, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThat(drops.total()).isZero();
  }
}
