// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

/**
 * The identity of the span that stands for a task, in a form every hook can read without knowing a
 * tracing library. The tracing hook attaches it to the task under {@link #KEY} before the body
 * begins; tasks without a span have none.
 *
 * @param traceIdHigh the first eight bytes of the W3C trace id, as a big-endian number
 * @param traceIdLow the last eight bytes of the W3C trace id
 * @param spanId the eight bytes of the span id
 * @param sampled whether the span is exported
 */
public record TraceContext(long traceIdHigh, long traceIdLow, long spanId, boolean sampled) {
  /** Where a task keeps it. */
  public static final AttachmentKey<TraceContext> KEY = AttachmentKey.of("taskscope.trace");

  /** The trace id as 32 hexadecimal digits. */
  public String traceIdHex() {
    return hex(traceIdHigh) + hex(traceIdLow);
  }

  /** The span id as 16 hexadecimal digits. */
  public String spanIdHex() {
    return hex(spanId);
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
