// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docker-compose.yml, the Dockerfiles and what is mounted, as far as it goes without an engine. */
class StackTest {
  private static final Path COMPOSE = Module.REPOSITORY.resolve("docker-compose.yml");
  private static final Path STACK = Module.FOLDER.resolve("stack");
  private static final Path PROVISIONING = Module.FOLDER.resolve("provisioning");

  static List<Map.Entry<String, JsonNode>> services() {
    return Module.yaml(COMPOSE).path("services").propertyStream().toList();
  }

  @Test
  void compose_services_areThoseOfTheStack() {
    assertThat(services().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("demo", "otel-collector", "tempo", "prometheus", "grafana");
  }

  @ParameterizedTest
  @MethodSource("services")
  void compose_service_isPinnedHealthCheckedAndOnLoopback(Map.Entry<String, JsonNode> service) {
    JsonNode of = service.getValue();
    assertThat(of.path("image").asText()).matches(".+:v?\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(of.at("/healthcheck/test")).isNotEmpty();
    of.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
    of.path("volumes")
        .valueStream()
        .map(JsonNode::asText)
        .filter(volume -> volume.startsWith("."))
        .forEach(
            volume -> {
              assertThat(volume).endsWith(":ro");
              assertThat(Module.REPOSITORY.resolve(volume.split(":", -1)[0])).exists();
            });
  }

  @Test
  void compose_text_hasNoPassword() {
    assertThat(Module.read(COMPOSE)).doesNotContainIgnoringCase("password");
  }

  @Test
  void compose_prometheus_storesExemplarsAndLoadsEveryRule() {
    JsonNode prometheus = Module.yaml(COMPOSE).at("/services/prometheus");
    assertThat(prometheus.path("command").toString()).contains("--enable-feature=exemplar-storage");
    assertThat(Module.files(Module.RULES, ".yml"))
        .allSatisfy(
            file ->
                assertThat(prometheus.path("volumes").toString())
                    .contains("/etc/prometheus/rules/" + file.getFileName()));
  }

  @Test
  void compose_grafana_isTheVersionOfTheSchema() {
    String schema =
        Module.json(Module.read(Module.FOLDER.resolve("package.json")))
            .path("dependencies")
            .path("@grafana/schema")
            .asText();
    assertThat(Module.yaml(COMPOSE).at("/services/grafana/image").asText())
        .isEqualTo("grafana/grafana:" + schema);
  }

  @Test
  void compose_config_isValid() throws Exception {
    Tool.require("docker-compose", "Debian 13: apt install docker-compose");
    Tool.Result result =
        Tool.run(
            Module.REPOSITORY, List.of("docker-compose", "-f", COMPOSE.toString(), "config", "-q"));
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void dockerfiles_both_passTheLinter() throws Exception {
    SchemaTest.requireNode();
    Tool.Result result =
        Tool.run(
            Module.FOLDER,
            List.of(
                "node_modules/.bin/dockerfilelint",
                Module.REPOSITORY.resolve("Dockerfile").toString(),
                STACK.resolve("Dockerfile").toString()));
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void dockerfiles_images_arePinnedAndRunAsAUser() {
    for (Path file :
        List.of(Module.REPOSITORY.resolve("Dockerfile"), STACK.resolve("Dockerfile"))) {
      List<String> lines = Module.read(file).lines().toList();
      assertThat(lines)
          .filteredOn(line -> line.startsWith("FROM "))
          .allMatch(line -> line.matches("FROM [a-z/-]+:\\d[^ ]* AS [a-z-]+"));
      assertThat(lines).filteredOn(line -> line.startsWith("USER ")).contains("USER 10001:10001");
    }
  }

  @Test
  void provisioning_correlations_leadFromExemplarToTraceToMetrics() {
    List<JsonNode> sources =
        Module.yaml(PROVISIONING.resolve("datasources/taskscope.yml"))
            .path("datasources")
            .valueStream()
            .toList();
    JsonNode prometheus = sources.getFirst();
    JsonNode tempo = sources.getLast();
    JsonNode exemplar = prometheus.at("/jsonData/exemplarTraceIdDestinations/0");
    assertThat(exemplar.path("name").asText()).isEqualTo("trace_id");
    assertThat(exemplar.path("datasourceUid")).isEqualTo(tempo.path("uid"));
    JsonNode back = tempo.at("/jsonData/tracesToMetrics");
    assertThat(back.path("datasourceUid")).isEqualTo(prometheus.path("uid"));
    assertThat(back.at("/tags/0/key").asText()).isEqualTo("taskscope.scope.path");
    assertThat(back.at("/tags/0/value").asText()).isEqualTo("scope_path");
  }

  /** The queries that lead from a span back to metrics, for the scope of this path. */
  static List<String> queriesOfTraces(String path) {
    return Module.yaml(PROVISIONING.resolve("datasources/taskscope.yml"))
        .at("/datasources/1/jsonData/tracesToMetrics/queries")
        .valueStream()
        .map(query -> query.path("query").asText())
        .map(query -> query.replace("$$__tags", "scope_path=\"%s\"".formatted(path)))
        .map(query -> query.replace("$$__rate_interval", "20s"))
        .toList();
  }

  @Test
  void provisioning_dashboards_lieWhereComposeMountsThem() {
    String path =
        Module.yaml(PROVISIONING.resolve("dashboards/taskscope.yml"))
            .at("/providers/0/options/path")
            .asText();
    assertThat(Module.yaml(COMPOSE).at("/services/grafana/volumes").toString())
        .contains("./grafana-dashboards/dashboards:" + path);
    assertThat(
            Module.yaml(COMPOSE)
                .at("/services/grafana/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")
                .asText())
        .isEqualTo(path + "/" + Overview.UID + ".json");
  }
}
