// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import io.opentelemetry.proto.logs.v1.LogRecord;
import java.util.Map;

/**
 * A log record as it came over the wire.
 *
 * @param log the message
 * @param resource the attributes of the resource it was sent with
 * @param scope the name of the instrumentation scope it was sent with
 */
public record ReceivedLog(LogRecord log, Map<String, Object> resource, String scope) {

  /** Keeps an immutable copy of the map. */
  public ReceivedLog {
    resource = Map.copyOf(resource);
  }

  /** The trace id as 32 hexadecimal digits; empty without one. */
  public String traceId() {
    return OtlpValues.hex(log.getTraceId());
  }

  /** The span id as 16 hexadecimal digits; empty without one. */
  public String spanId() {
    return OtlpValues.hex(log.getSpanId());
  }

  /** The attributes: strings, booleans, longs, doubles and lists of these. */
  public Map<String, Object> attributes() {
    return OtlpValues.map(log.getAttributesList());
  }
}
