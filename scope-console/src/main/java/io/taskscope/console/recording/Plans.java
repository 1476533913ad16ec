// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the values of each type of a chunk are written, so that they can be stepped over. */
final class Plans {
  private static final int MAX_DEPTH = 16;

  private final Metadata metadata;
  private final Map<Long, Plan> plans = new HashMap<>();

  Plans(Metadata metadata) {
    this.metadata = metadata;
  }

  Metadata metadata() {
    return metadata;
  }

  /** What a value is made of. */
  enum Shape {
    NUMBER,
    BYTE,
    FLOAT,
    DOUBLE,
    STRING,
    STRUCT
  }

  /**
   * How a type is written.
   *
   * @param shape what it is made of
   * @param fields of a {@code STRUCT}
   */
  record Plan(Shape shape, List<Part> fields) {}

  /**
   * How a field is written.
   *
   * @param name of the field
   * @param plan of each of its values
   * @param array whether there are many, after their count
   */
  record Part(String name, Plan plan, boolean array) {}

  private static final Plan NUMBER = new Plan(Shape.NUMBER, List.of());

  Plan of(long type) {
    return of(type, 0);
  }

  private Plan of(long type, int depth) {
    Plan plan = plans.get(type);
    if (plan == null) {
      if (depth > MAX_DEPTH) {
        throw new ByteReader.Malformed("types too deep");
      }
      Metadata.Type described = metadata.type(type);
      plan = primitive(described.name());
      if (plan == null) {
        plan =
            new Plan(
                Shape.STRUCT,
                described.fields().stream().map(field -> part(field, depth)).toList());
      }
      plans.put(type, plan);
    }
    return plan;
  }

  Part part(Metadata.Field field, int depth) {
    Plan plan = field.pooled() ? NUMBER : of(field.type(), depth + 1);
    return new Part(field.name(), plan, field.array());
  }

  private static @Nullable Plan primitive(String name) {
    return switch (name) {
      case "long", "int", "short", "char" -> NUMBER;
      case "byte", "boolean" -> new Plan(Shape.BYTE, List.of());
      case "float" -> new Plan(Shape.FLOAT, List.of());
      case "double" -> new Plan(Shape.DOUBLE, List.of());
      case "java.lang.String" -> new Plan(Shape.STRING, List.of());
      default -> null;
    };
  }

  static void skip(ByteReader in, Part part) {
    if (part.array()) {
      for (int left = in.readCount(); left > 0; left--) {
        skip(in, part.plan());
      }
    } else {
      skip(in, part.plan());
    }
  }

  static void skip(ByteReader in, Plan plan) {
    switch (plan.shape()) {
      case NUMBER -> in.skipLong();
      case BYTE -> in.skip(1);
      case FLOAT -> in.skip(4);
      case DOUBLE -> in.skip(8);
      case STRING -> in.skipString();
      case STRUCT -> {
        List<Part> fields = plan.fields();
        for (int i = 0; i < fields.size(); i++) {
          skip(in, fields.get(i));
        }
      }
    }
  }
}
