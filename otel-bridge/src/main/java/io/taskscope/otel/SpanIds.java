// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.trace.SpanContext;
import io.taskscope.hook.TraceContext;
import java.util.HexFormat;

/** The ids of a task's span for hooks that do not know OpenTelemetry: as it has them, in digits. */
record SpanIds(SpanContext span) implements TraceContext {
  @Override
  public long traceIdHigh() {
    return HexFormat.fromHexDigitsToLong(span.getTraceId(), 0, 16);
  }

  @Override
  public long traceIdLow() {
    return HexFormat.fromHexDigitsToLong(span.getTraceId(), 16, 32);
  }

  @Override
  public long spanId() {
    return HexFormat.fromHexDigitsToLong(span.getSpanId());
  }

  @Override
  public boolean sampled() {
    return span.isSampled();
  }

  @Override
  public String traceIdHex() {
    return span.getTraceId();
  }

  @Override
  public String spanIdHex() {
    return span.getSpanId();
  }
}
