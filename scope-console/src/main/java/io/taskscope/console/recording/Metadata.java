// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The types of a chunk: which events there are and which fields they have, in which order. */
final class Metadata {
  private static final int MAX_DEPTH = 16;

  /** No types. */
  static final Metadata EMPTY = new Metadata();

  private final Map<Long, Type> types = new HashMap<>();

  private Metadata() {}

  /**
   * A type of values.
   *
   * @param id its number in the chunk
   * @param name as {@code jdk.ExecutionSample} or {@code long}
   * @param superType the name of what it extends
   * @param fields in the order in which they are written
   */
  record Type(long id, String name, String superType, List<Field> fields) {
    boolean isEvent() {
      return superType.equals("jdk.jfr.Event");
    }
  }

  /**
   * A field of a type.
   *
   * @param name of the field
   * @param type the number of its type
   * @param pooled whether a key is written instead of the value
   * @param array whether there are many
   * @param annotations the numbers of the types of its annotations, and the values of those
   */
  record Field(
      String name, long type, boolean pooled, boolean array, Map<Long, String> annotations) {}

  Iterable<Type> types() {
    return types.values();
  }

  Type type(long id) {
    Type type = types.get(id);
    if (type == null) {
      throw new ByteReader.Malformed("type " + id);
    }
    return type;
  }

  String name(long id) {
    Type type = types.get(id);
    return type == null ? "" : type.name();
  }

  /** The unit of a span of time, as {@code NANOSECONDS}; empty where the field is none. */
  String timespan(Field field) {
    for (Map.Entry<Long, String> annotation : field.annotations().entrySet()) {
      if (name(annotation.getKey()).equals("jdk.jfr.Timespan")) {
        return annotation.getValue();
      }
    }
    return "";
  }

  /** Reads the event that has them; its size and type have been read. */
  static Metadata parse(ByteReader in) {
    in.skipLong(); // start
    in.skipLong(); // duration
    in.skipLong(); // its number
    String[] strings = new String[in.readCount()];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = in.readString(in.readByte());
    }
    Metadata metadata = new Metadata();
    metadata.collect(Element.read(in, strings, 0));
    return metadata;
  }

  private void collect(Element element) {
    if (element.name.equals("class")) {
      long id = element.number("id");
      List<Field> fields = new ArrayList<>();
      for (Element child : element.children) {
        if (child.name.equals("field")) {
          fields.add(
              new Field(
                  child.text("name"),
                  child.number("class"),
                  child.text("constantPool").equals("true"),
                  !child.text("dimension").isEmpty(),
                  child.annotations()));
        }
      }
      types.put(id, new Type(id, element.text("name"), element.text("superType"), fields));
      return;
    }
    for (Element child : element.children) {
      collect(child);
    }
  }

  private static final class Element {
    final String name;
    final Map<String, String> attributes = new HashMap<>();
    final List<Element> children = new ArrayList<>();

    private Element(String name) {
      this.name = name;
    }

    static Element read(ByteReader in, String[] strings, int depth) {
      if (depth > MAX_DEPTH) {
        throw new ByteReader.Malformed("types too deep");
      }
      Element element = new Element(string(in, strings));
      for (int left = in.readCount(); left > 0; left--) {
        String key = string(in, strings);
        element.attributes.put(key, string(in, strings));
      }
      for (int left = in.readCount(); left > 0; left--) {
        element.children.add(read(in, strings, depth + 1));
      }
      return element;
    }

    private static String string(ByteReader in, String[] strings) {
      long index = in.readLong();
      if (index < 0 || index >= strings.length) {
        throw new ByteReader.Malformed("string " + index);
      }
      return strings[(int) index];
    }

    String text(String key) {
      return attributes.getOrDefault(key, "");
    }

    long number(String key) {
      try {
        return Long.parseLong(text(key));
      } catch (NumberFormatException e) {
        throw new ByteReader.Malformed(key + " " + text(key));
      }
    }

    Map<Long, String> annotations() {
      Map<Long, String> all = new HashMap<>();
      for (Element child : children) {
        if (child.name.equals("annotation")) {
          all.put(child.number("class"), child.text("value"));
        }
      }
      return all;
    }
  }
}
