// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;

class RecentSpansTest {
  @Test
  void held_moreSpansThanRoom_isBounded() {
    RecentSpans spans = new RecentSpans();
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build()) {
      for (int i = 0; i < RecentSpans.CAPACITY + 10; i++) {
        provider.get("test").spanBuilder("span").startSpan().end();
      }
    }

    assertThat(spans.seen()).isEqualTo(RecentSpans.CAPACITY + 10);
    assertThat(spans.held()).isEqualTo(RecentSpans.CAPACITY);
  }
}
