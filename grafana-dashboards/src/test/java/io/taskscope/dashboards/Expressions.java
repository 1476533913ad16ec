// SPDX-License-Identifier: Apache-2.0
package io.taskscope.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every expression of the dashboards and rules, and where it stands. */
final class Expressions {
  private static final Pattern LABEL_VALUES =
      Pattern.compile("label_values\\((?<series>.*), (?<label>[a-z_]+)\\)");

  private Expressions() {}

  /**
   * A query of a panel.
   *
   * @param dashboard its title
   * @param panel its title
   * @param index which of the panel's queries, from 0
   * @param expression with variables
   * @param instant whether it asks for one moment
   */
  record Target(String dashboard, String panel, int index, String expression, boolean instant) {
    @Override
    public String toString() {
      return "%s / %s #%s: %s".formatted(dashboard, panel, index, expression);
    }
  }

  /**
   * A variable that asks for the values of a label.
   *
   * @param dashboard its title
   * @param name of the variable
   * @param series the selector
   * @param label whose values
   */
  record Variable(String dashboard, String name, String series, String label) {}

  static List<Target> targets() {
    return Module.dashboards().stream().flatMap(Expressions::targetsOf).toList();
  }

  private static Stream<Target> targetsOf(JsonNode dashboard) {
    return PanelsOf.dashboard(dashboard)
        .flatMap(
            panel ->
                IntStream.range(0, panel.path("targets").size())
                    .mapToObj(
                        i ->
                            new Target(
                                dashboard.path("title").asText(),
                                panel.path("title").asText(),
                                i,
                                panel.at("/targets/" + i + "/expr").asText(),
                                panel.at("/targets/" + i + "/instant").asBoolean())));
  }

  static List<Variable> variables() {
    return Module.dashboards().stream()
        .flatMap(
            dashboard ->
                dashboard
                    .at("/templating/list")
                    .valueStream()
                    .filter(variable -> variable.path("type").asText().equals("query"))
                    .map(
                        variable -> {
                          Matcher query =
                              LABEL_VALUES.matcher(variable.at("/query/query").asText());
                          if (!query.matches()) {
                            throw new AssertionError("no label_values: " + variable);
                          }
                          return new Variable(
                              dashboard.path("title").asText(),
                              variable.path("name").asText(),
                              query.group("series"),
                              query.group("label"));
                        }))
        .toList();
  }

  /** What Grafana makes of an expression when all jobs and instances and this scope are chosen. */
  static String interpolated(String expression, String scope) {
    return interpolated(expression, scope, ".+");
  }

  /** The same for instances chosen, as a regular expression. */
  static String interpolated(String expression, String scope, String instances) {
    return expression
        .replace("$__rate_interval", "20s")
        .replace("$__range", "5m")
        .replace("${scope:raw}", scope)
        .replace("$scope", scope)
        .replace("$job", ".+")
        .replace("$instance", instances);
  }
}
