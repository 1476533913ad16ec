// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/** What {@code report --json} says. */
final class Reports {
  private Reports() {}

  /** Of a recording with which nothing is wrong. */
  static JsonNode json(Path file) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Taskscope.commandLine(new PrintWriter(out), new PrintWriter(err))
            .execute("report", file.toString(), "--json");
    assertThat(code).as("%s", err).isEqualTo(ExitCode.OK);
    assertThat(err.toString()).isEmpty();
    return new ObjectMapper().readTree(out.toString());
  }

  /** The numbers of the scopes with a path, without those below. */
  static JsonNode own(JsonNode report, String path) {
    for (JsonNode scope : report.get("scopes")) {
      if (scope.get("path").asText().equals(path)) {
        return scope.get("own");
      }
    }
    throw new AssertionError("no scope " + path + " in " + report.get("scopes"));
  }
}
