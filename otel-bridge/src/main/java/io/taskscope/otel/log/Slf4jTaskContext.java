// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Puts {@code taskscope.path}, {@code taskscope.task.id}, {@code trace_id} and {@code span_id} into
 * the {@code MDC} of SLF4J where the body of a task begins, and what was there before back where it
 * ends:
 *
 * <pre>{@code
 * OtelBridge.install(openTelemetry); // first, so that the span is current
 * Hooks.add(Slf4jTaskContext.create());
 * }</pre>
 *
 * <p>The ids are those of the span that is current where the body begins: the task's own, or if it
 * has none the one around it. Needs {@code slf4j-api}. Thread-safe.
 */
public final class Slf4jTaskContext extends TaskLogContext {
  private Slf4jTaskContext() {}

  /** A hook, to be registered once, for the JVM or for a subtree. */
  public static Slf4jTaskContext create() {
    return new Slf4jTaskContext();
  }

  @Override
  @Nullable String get(String entry) {
    return MDC.get(entry);
  }

  @Override
  void put(String entry, @Nullable String value) {
    if (value == null) {
      MDC.remove(entry);
    } else {
      MDC.put(entry, value);
    }
  }
}
