// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Map;

/**
 * A span as it came over the wire.
 *
 * @param span the message
 * @param resource the attributes of the resource it was sent with
 * @param scope the name of the instrumentation scope it was sent with
 */
public record ReceivedSpan(Span span, Map<String, Object> resource, String scope) {

  /** Keeps an immutable copy of the map. */
  public ReceivedSpan {
    resource = Map.copyOf(resource);
  }

  /** The name of the span. */
  public String name() {
    return span.getName();
  }

  /** The trace id as 32 hexadecimal digits. */
  public String traceId() {
    return OtlpValues.hex(span.getTraceId());
  }

  /** The span id as 16 hexadecimal digits. */
  public String spanId() {
    return OtlpValues.hex(span.getSpanId());
  }

  /** The span id of the parent as 16 hexadecimal digits; empty for the root of a trace. */
  public String parentSpanId() {
    return OtlpValues.hex(span.getParentSpanId());
  }

  /** The span ids its links lead to, as 16 hexadecimal digits each. */
  public List<String> linkedSpanIds() {
    return span.getLinksList().stream().map(link -> OtlpValues.hex(link.getSpanId())).toList();
  }

  /** The attributes: strings, booleans, longs, doubles and lists of these. */
  public Map<String, Object> attributes() {
    return OtlpValues.map(span.getAttributesList());
  }
}
