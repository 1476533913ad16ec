// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.taskscope.console.Version;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes the generators of all JSON. */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Writes nothing that could end the script element of a page. */
  private static final class ForPages extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private final int[] codes = standardAsciiEscapesForJSON();

    ForPages() {
      codes['<'] = ESCAPE_STANDARD;
      codes['>'] = ESCAPE_STANDARD;
      codes['&'] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return Arrays.copyOf(codes, codes.length);
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return character == 0x2028 || character == 0x2029
          ? new SerializedString(String.format("\\u%04x", character))
          : null;
    }
  }

  /**
   * {@return a generator for people and programs, two spaces a level}
   *
   * @param out takes the text and is not closed with the generator
   */
  public static JsonGenerator readable(Writer out) throws IOException {
    JsonGenerator json = compact(out);
    json.setPrettyPrinter(new DefaultPrettyPrinter());
    return json;
  }

  /**
   * Begins a document: an object that says what it is and who wrote it.
   *
   * @param json what writes it
   * @param schema the name of its schema, of which this is version 1
   */
  public static void begin(JsonGenerator json, String schema) throws IOException {
    json.writeStartObject();
    json.writeStringField("schema", schema);
    json.writeNumberField("version", 1);
    json.writeStringField("tool", Version.text());
  }

  static JsonGenerator forPages(Writer out) throws IOException {
    JsonGenerator json = compact(out);
    json.setCharacterEscapes(new ForPages());
    return json;
  }

  private static JsonGenerator compact(Writer out) throws IOException {
    JsonGenerator json = FACTORY.createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    return json;
  }
}
