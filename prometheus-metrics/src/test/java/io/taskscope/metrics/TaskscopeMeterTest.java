// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TaskscopeMeterTest {
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  private record Row(String name, String type, List<String> labels, List<String> optional) {}

  @Test
  void readme_table_isTheEnum() throws IOException {
    List<Row> documented =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(line -> line.startsWith("| `taskscope_"))
            .map(
                line -> {
                  String[] cells = line.split("\\|", -1);
                  String[] labels = cells[3].split("; on request", -1);
                  return new Row(
                      quoted(cells[1]).getFirst(),
                      cells[2].strip(),
                      quoted(labels[0]),
                      labels.length > 1 ? quoted(labels[1]) : List.of());
                })
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(TaskscopeMeter.values())
                .map(
                    meter ->
                        new Row(
                            meter.prometheusName(),
                            type(meter),
                            meter.labels(),
                            meter.optionalLabels()))
                .toList());
  }

  private static String type(TaskscopeMeter meter) {
    return meter.type() == TaskscopeMeter.Type.INFO ? "gauge = 1" : meter.type().prometheusType();
  }

  private static List<String> quoted(String cell) {
    return QUOTED.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  @Test
  void micrometerName_ofEachType_hasDotsAndNoSuffix() {
    assertThat(TaskscopeMeter.TASKS_STARTED.meterName()).isEqualTo("taskscope.tasks.started");
    assertThat(TaskscopeMeter.TASK_DURATION.meterName()).isEqualTo("taskscope.task.duration");
    assertThat(TaskscopeMeter.SCOPE_INFO.meterName()).isEqualTo("taskscope.scope.info");
    assertThat(TaskscopeMeter.SCOPE_INFO.tagKeys())
        .containsExactly("scope.path", "parent.path", "name", "depth");
  }

  @Test
  void prometheusName_ofEachMeter_hasTheSuffixOfItsType() {
    for (TaskscopeMeter meter : TaskscopeMeter.values()) {
      String name = meter.prometheusName();
      assertThat(name).matches("taskscope(_[a-z]+)+");
      assertThat(name.endsWith("_total")).isEqualTo(meter.type() == TaskscopeMeter.Type.COUNTER);
      assertThat(name.endsWith("_info")).isEqualTo(meter.type() == TaskscopeMeter.Type.INFO);
      assertThat(meter.description()).isNotBlank().doesNotEndWith(".");
    }
  }

  @Test
  void buckets_areTwelveFromOneMillisecondToOneMinute() {
    assertThat(TaskscopeMetrics.BUCKETS).hasSize(12).isSorted().doesNotHaveDuplicates();
    assertThat(TaskscopeMetrics.BUCKETS.getFirst()).hasMillis(1);
    assertThat(TaskscopeMetrics.BUCKETS.getLast()).hasSeconds(60);
  }
}
