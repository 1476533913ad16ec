// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Names, types and labels as Prometheus sees them are those of the enum, and nothing else is there.
 */
class ScrapedNamesTest {
  private static Scrape scrape() throws InterruptedException {
    try (Workload workload = new Workload()) {
      workload.shutDownChild();
      return workload.fixture.scrape();
    }
  }

  @Test
  void scrape_afterEverythingHappened_hasExactlyTheNamesTypesAndHelpOfTheEnum() throws Exception {
    Map<String, String> types = new TreeMap<>();
    Map<String, String> helps = new TreeMap<>();
    for (TaskscopeMeter meter : TaskscopeMeter.values()) {
      types.put(meter.prometheusName(), meter.type().prometheusType());
      helps.put(meter.prometheusName(), meter.description());
    }

    Scrape scrape = scrape();

    assertThat(scrape.types()).containsExactlyInAnyOrderEntriesOf(types);
    assertThat(scrape.helps()).containsExactlyInAnyOrderEntriesOf(helps);
  }

  @Test
  void scrape_afterEverythingHappened_hasExactlyTheLabelsOfTheEnum() throws Exception {
    Scrape scrape = scrape();

    for (TaskscopeMeter meter : TaskscopeMeter.values()) {
      Set<String> labels = Set.copyOf(meter.labels());
      Set<String> withBound = new HashSet<>(labels);
      withBound.add("le");
      if (meter.type() == TaskscopeMeter.Type.HISTOGRAM) {
        assertLabels(scrape, meter, "_bucket", withBound);
        assertLabels(scrape, meter, "_count", labels);
        assertLabels(scrape, meter, "_sum", labels);
      } else {
        assertLabels(scrape, meter, "", labels);
      }
    }
  }

  private static void assertLabels(
      Scrape scrape, TaskscopeMeter meter, String suffix, Set<String> labels) {
    Set<String> withOptional = new HashSet<>(labels);
    withOptional.addAll(meter.optionalLabels());
    Set<Set<String>> found = new HashSet<>();
    scrape
        .find(meter.prometheusName() + suffix)
        .forEach(sample -> found.add(sample.labels().keySet()));
    assertThat(found)
        .as(meter.prometheusName())
        .isEqualTo(new HashSet<>(List.of(labels, withOptional)));
  }

  @Test
  void scrape_ofLabelsWithFixedValues_hasThoseOfTheContract() throws Exception {
    Scrape scrape = scrape();

    assertThat(values(scrape, "taskscope_tasks_started_total", "origin"))
        .containsExactlyInAnyOrder("spawned", "called", "adopted", "tick");
    assertThat(values(scrape, "taskscope_tasks_finished_total", "outcome"))
        .containsExactlyInAnyOrder("success", "failure", "cancelled", "abandoned");
    assertThat(values(scrape, "taskscope_task_duration_seconds_count", "outcome"))
        .containsExactlyInAnyOrder("success", "failure", "cancelled", "abandoned");
    assertThat(values(scrape, "taskscope_scope_state", "state"))
        .containsExactlyInAnyOrder("open", "draining", "cancelling", "closed");
    assertThat(values(scrape, "taskscope_shutdowns_total", "result"))
        .containsExactlyInAnyOrder("clean", "cancelled", "abandoned");
    assertThat(values(scrape, "taskscope_shutdown_duration_seconds_count", "phase"))
        .isSubsetOf("drain", "cancel", "resources")
        .contains("resources");
    assertThat(values(scrape, "taskscope_build_info", "agent")).containsExactly("on");
    assertThat(values(scrape, "taskscope_tasks_state", "state"))
        .containsExactlyInAnyOrder("queued", "running", "parked");
    assertThat(values(scrape, "taskscope_task_time_seconds_total", "state"))
        .containsExactlyInAnyOrder("queued", "running", "parked");
    assertThat(values(scrape, "taskscope_task_duration_seconds_bucket", "le"))
        .containsExactlyInAnyOrder(
            "0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "10.0",
            "60.0", "+Inf");
  }

  private static Set<String> values(Scrape scrape, String name, String label) {
    Set<String> values = new HashSet<>();
    scrape.find(name).forEach(sample -> values.add(sample.labels().get(label)));
    return values;
  }

  @Test
  void buildInfo_always_hasTheVersionOfTheBuild() throws Exception {
    String version = scrape().find("taskscope_build_info").getFirst().labels().get("version");

    assertThat(Files.readString(Path.of("pom.xml"))).contains("<version>" + version + "</version>");
  }

  @Test
  void scrape_givenToPromtool_passesItsLint() throws Exception {
    Optional<Path> promtool =
        Arrays.stream(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
            .map(folder -> Path.of(folder, "promtool"))
            .filter(Files::isExecutable)
            .findFirst();
    if (promtool.isEmpty()) {
      if (System.getenv("CI") != null) {
        fail("promtool is not on the path (Debian package: prometheus)");
      }
      abort("promtool is not on the path, so the scrape is not linted");
    }
    try (Workload workload = new Workload()) {
      workload.shutDownChild();
      workload.fixture.metrics.refresh();

      assertThat(lint(promtool.get(), workload.fixture.registry.scrape())).isEmpty();
      assertThat(lint(promtool.get(), "bad_total{a=\"b\"} 1\nbad_total{a=\"b\"} 1\n"))
          .as("promtool does complain when there is a reason")
          .isNotEmpty();
    }
  }

  private static String lint(Path promtool, String scrape)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(promtool.toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(scrape.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? output : "exit code " + process.exitValue() + "\n" + output;
  }
}
