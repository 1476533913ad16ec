// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.log;

import org.apache.logging.log4j.ThreadContext;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@code taskscope.path}, {@code taskscope.task.id}, {@code trace_id} and {@code span_id} into
 * the {@code ThreadContext} of Log4j 2 where the body of a task begins, and what was there before
 * back where it ends:
 *
 * <pre>{@code
 * OtelBridge.install(openTelemetry); // first, so that the span is current
 * Hooks.add(Log4jTaskContext.create());
 * }</pre>
 *
 * <p>The ids are those of the span that is current where the body begins: the task's own, or if it
 * has none the one around it. Needs {@code log4j-api}. Thread-safe.
 */
public final class Log4jTaskContext extends TaskLogContext {
  private Log4jTaskContext() {}

  /** A hook, to be registered once, for the JVM or for a subtree. */
  public static Log4jTaskContext create() {
    return new Log4jTaskContext();
  }

  @Override
  @Nullable String get(String entry) {
    return ThreadContext.get(entry);
  }

  @Override
  void put(String entry, @Nullable String value) {
    if (value == null) {
      ThreadContext.remove(entry);
    } else {
      ThreadContext.put(entry, value);
    }
  }
}
