// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

/**
 * The identity of the span that stands for a task, in a form every hook can read without knowing a
 * tracing library. The tracing hook attaches it to the task under {@link #KEY} before the body
 * begins; tasks without a span have none.
 *
 * <p>An interface so that the tracing hook can attach what it has, and nothing is converted that
 * nobody reads. Implementations are immutable, throw nothing and hold no span.
 */
public interface TraceContext {
  /** Where a task keeps it. */
  AttachmentKey<TraceContext> KEY = AttachmentKey.of("taskscope.trace");

  /**
   * Ids given as numbers.
   *
   * @param traceIdHigh the first eight bytes of the W3C trace id, as a big-endian number
   * @param traceIdLow the last eight bytes of the W3C trace id
   * @param spanId the eight bytes of the span id
   * @param sampled whether the span is exported
   */
  static TraceContext of(long traceIdHigh, long traceIdLow, long spanId, boolean sampled) {
    return new NumericTraceContext(traceIdHigh, traceIdLow, spanId, sampled);
  }

  /** The first eight bytes of the W3C trace id, as a big-endian number. */
  long traceIdHigh();

  /** The last eight bytes of the W3C trace id. */
  long traceIdLow();

  /** The eight bytes of the span id. */
  long spanId();

  /** Whether the span is exported. */
  boolean sampled();

  /** The trace id as 32 hexadecimal digits in lower case. */
  String traceIdHex();

  /** The span id as 16 hexadecimal digits in lower case. */
  String spanIdHex();
}
