// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.baggage.Baggage;
import org.junit.jupiter.api.Test;

/** That the check after every test finds what it looks for. */
class StrictContextTest {
  @Test
  @SuppressWarnings("MustBeClosedChecker") // that is what is to be found
  void contextLeftCurrentOnAThread_isFound() throws Exception {
    Thread careless =
        Thread.ofPlatform()
            .start(() -> Baggage.builder().put("tenant", "acme").build().makeCurrent());
    careless.join();

    assertThatThrownBy(() -> new StrictContext().afterEach(null))
        .hasStackTraceContaining("StrictContextTest");
  }
}
