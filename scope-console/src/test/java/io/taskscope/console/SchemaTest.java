// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.taskscope.console.workload.HostileRecording;
import io.taskscope.console.workload.ScriptedRecording;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JSON that commands write is what the published schemas say, and nothing else. */
class SchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @TempDir static Path folder;

  @BeforeAll
  static void record() throws Exception {
    ScriptedRecording.write(folder.resolve("scripted"));
    ScriptedRecording.write(folder.resolve("slower"), 3);
    HostileRecording.write(folder.resolve("hostile"));
    try (Recording foreign = new Recording()) {
      foreign.enable("jdk.JVMInformation");
      foreign.start();
      foreign.stop();
      foreign.dump(folder.resolve("foreign"));
    }
  }

  private static JsonNode write(String command) throws IOException {
    String[] words = command.split(" ", -1);
    for (int i = 1; i < words.length; i++) {
      words[i] = words[i].matches("[a-z]+") ? folder.resolve(words[i]).toString() : words[i];
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Taskscope.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(words);
    assertThat(code).as(err.toString()).isIn(ExitCode.OK, ExitCode.NOT_OURS);
    return JSON.readTree(out.toString());
  }

  private static Schema schema(String name) throws IOException {
    return SCHEMAS.getSchema(text("/io/taskscope/console/schema/" + name + ".schema.json"));
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = SchemaTest.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Error> errors(String schema, JsonNode json) throws IOException {
    return schema(schema)
        .validate(
            json.toString(),
            InputFormat.JSON,
            (Consumer<ExecutionContext>)
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  @ParameterizedTest
  @CsvSource({
    "report, report scripted --json",
    "report, report hostile --json",
    "report, report foreign --json",
    "tree,   replay scripted --json",
    "tree,   replay scripted --json --at 30%",
    "tree,   replay hostile --json --at 50%",
    "diff,   diff scripted slower --json",
    "diff,   diff scripted hostile --json",
  })
  void json_ofACommand_isWhatTheSchemaSays(String schema, String command) throws Exception {
    JsonNode json = write(command);
    assertThat(errors(schema, json)).isEmpty();
    assertThat(json.get("schema").asText()).isEqualTo("taskscope." + schema);
  }

  @Test
  void reports_together_useEveryPartOfTheSchema() throws Exception {
    JsonNode scripted = write("report scripted --json");
    for (String list : List.of("findings", "scopes", "slowestTasks", "liveTasks", "waits")) {
      assertThat(scripted.get(list)).as(list).isNotEmpty();
    }
    assertThat(scripted.get("shutdowns")).isNotEmpty();
    assertThat(scripted.get("abandoned")).isNotEmpty();
    assertThat(write("report hostile --json").get("unknown")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "report, report scripted --json",
    "report, report hostile --json",
    "tree,   replay scripted --json",
    "diff,   diff scripted slower --json",
  })
  void json_withAnUnknownKey_isRefusedWhereverItIs(String schema, String command) throws Exception {
    JsonNode json = write(command);
    assertEveryObjectIsClosed(schema, json, json, "");
  }

  /** Objects whose keys are data: names of events, reasons, errors and pieces of evidence. */
  private static boolean isMap(String pointer) {
    return pointer.matches(".*/(eventCounts|parkedBy|errors|evidence)");
  }

  private static void assertEveryObjectIsClosed(
      String schema, JsonNode all, JsonNode part, String pointer) throws IOException {
    if (part instanceof ObjectNode object) {
      if (!isMap(pointer)) {
        object.put("surprise", 1);
        assertThat(errors(schema, all)).as("an unknown key in " + pointer).isNotEmpty();
        object.remove("surprise");
      }
      for (var field : List.copyOf(object.properties())) {
        assertEveryObjectIsClosed(schema, all, field.getValue(), pointer + "/" + field.getKey());
      }
    } else if (part.isArray() && !part.isEmpty()) {
      assertEveryObjectIsClosed(schema, all, part.get(0), pointer + "/0");
      assertEveryObjectIsClosed(
          schema, all, part.get(part.size() - 1), pointer + "/" + (part.size() - 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"/recording, start", "/findings/0, severity", "/scopes/0, subtree", "'', scopes"})
  void json_withoutAKey_isRefused(String pointer, String key) throws Exception {
    JsonNode json = write("report scripted --json");
    ((ObjectNode) json.at(pointer)).remove(key);
    assertThat(errors("report", json)).isNotEmpty();
  }

  @Test
  void json_withAWrongTime_isRefused() throws Exception {
    JsonNode json = write("report scripted --json");
    ((ObjectNode) json.get("recording")).put("start", "yesterday");
    assertThat(errors("report", json)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"report", "tree", "diff"})
  void schema_itself_isASchema(String name) throws Exception {
    Schema meta =
        SCHEMAS.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));
    assertThat(
            meta.validate(
                text("/io/taskscope/console/schema/" + name + ".schema.json"), InputFormat.JSON))
        .isEmpty();
  }
}
