// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the dashboards as JSON: {@code mvn -Dfast -Dmaven.test.skip -Ddashboards -pl
 * grafana-dashboards -am process-classes}.
 */
public final class Dashboards {
  private Dashboards() {}

  /** Every dashboard as JSON, by the name of its file. */
  static Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    for (Dashboard dashboard : all()) {
      files.put(dashboard.uid() + ".json", Json.print(dashboard.json()));
    }
    return files;
  }

  private static List<Dashboard> all() {
    return List.of(
        Overview.dashboard(),
        Scope.dashboard(),
        WhereTimeGoes.dashboard(),
        Shutdown.dashboard(),
        Leaks.dashboard(),
        TelemetryHealth.dashboard());
  }

  /**
   * Writes them.
   *
   * @param args the folder
   * @throws IOException if that fails
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException(
          "expected the folder to write to, but there are %s arguments".formatted(args.length));
    }
    Path folder = Files.createDirectories(Path.of(args[0]));
    files()
        .forEach(
            (name, json) -> {
              try {
                Files.writeString(folder.resolve(name), json);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
