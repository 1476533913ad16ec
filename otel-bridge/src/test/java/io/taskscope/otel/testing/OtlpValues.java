// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.testing;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Turns values of the protocol into those of the JDK, which assertions can compare and print. */
final class OtlpValues {
  private OtlpValues() {}

  static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  static Map<String, Object> map(List<KeyValue> attributes) {
    Map<String, Object> map = new TreeMap<>();
    for (KeyValue attribute : attributes) {
      Object before = map.put(attribute.getKey(), value(attribute.getValue()));
      if (before != null) {
        throw new AssertionError("two attributes are named " + attribute.getKey());
      }
    }
    return map;
  }

  private static Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream().map(OtlpValues::value).toList();
      default -> throw new AssertionError("an attribute value of type " + value.getValueCase());
    };
  }
}
