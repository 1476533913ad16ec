// SPDX-License-Identifier: Apache-2.0
package io.taskscope.hook;

import java.util.HexFormat;

/** Ids as the numbers they are. */
record NumericTraceContext(long traceIdHigh, long traceIdLow, long spanId, boolean sampled)
    implements TraceContext {
  private static final HexFormat HEX = HexFormat.of();

  @Override
  public String traceIdHex() {
    return HEX.toHexDigits(traceIdHigh) + HEX.toHexDigits(traceIdLow);
  }

  @Override
  public String spanIdHex() {
    return HEX.toHexDigits(spanId);
  }
}
