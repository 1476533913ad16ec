// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;

/**
 * Asks OpenTelemetry's strict context storage, which the build switches on for the tests of this
 * module. It throws where a context is restored on another thread than it was made current on.
 */
final class Strict {
  private Strict() {}

  /** Fails if any context on any thread was made current and never restored. */
  static void assertNoContextLeaked() throws Exception {
    assertThat(Context.current()).isSameAs(Context.root());
    ContextStorage storage = ContextStorage.get();
    assertThat(storage).as("strict context storage").isInstanceOf(AutoCloseable.class);
    ((AutoCloseable) storage).close();
  }
}
