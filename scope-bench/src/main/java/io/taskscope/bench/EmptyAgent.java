// SPDX-License-Identifier: Apache-2.0
package io.taskscope.bench;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/** An agent that does nothing: what is left is what any agent costs. */
public final class EmptyAgent {
  private EmptyAgent() {}

  /** Called by the JVM. */
  public static void premain(@Nullable String options, Instrumentation instrumentation) {}
}
