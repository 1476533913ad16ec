// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What is committed in this module, for tests. */
final class Module {
  /** Maven runs tests in the folder of the module. */
  static final Path FOLDER = Path.of("").toAbsolutePath();

  static final Path REPOSITORY = FOLDER.getParent();
  static final Path DASHBOARDS = FOLDER.resolve("dashboards");
  static final Path RULES = FOLDER.resolve("rules");
  static final Path RUNBOOKS = REPOSITORY.resolve("docs/runbooks");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private Module() {}

  /** The files right in a folder whose names end so, by name. */
  static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON: " + text, e);
    }
  }

  static JsonNode yaml(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every committed dashboard. */
  static List<JsonNode> dashboards() {
    return files(DASHBOARDS, ".json").stream().map(file -> json(read(file))).toList();
  }

  /** Every rule of a file of rules. */
  static List<JsonNode> rules(String file) {
    return yaml(RULES.resolve(file))
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  static List<JsonNode> recordings() {
    return rules("taskscope.rules.yml");
  }

  static List<JsonNode> alerts() {
    return rules("taskscope.alerts.yml");
  }
}
