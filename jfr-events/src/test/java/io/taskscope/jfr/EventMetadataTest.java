// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jfr.Contextual;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Relational;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventMetadataTest extends JfrTestBase {
  private static final Set<String> IMPLICIT =
      Set.of("startTime", "duration", "eventThread", "stackTrace");

  private static final Set<JfrEventName> PERIODIC =
      Set.of(JfrEventName.SCOPE, JfrEventName.TASK_LIVE, JfrEventName.STATUS);

  @Test
  void types_ofTheRecorder_areThoseOfTheEnum() {
    List<String> known =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> type.getCategoryNames().equals(List.of("Taskscope")))
            .map(EventType::getName)
            .toList();

    assertThat(known)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(JfrEventName.values()).map(JfrEventName::eventName).toList());
  }

  @ParameterizedTest
  @EnumSource
  void type_ofEachEvent_isLabelledAndDescribed(JfrEventName name) {
    EventType type = type(name);

    assertThat(type.getName()).startsWith("taskscope.");
    assertThat(type.getLabel()).isNotBlank();
    assertThat(type.getDescription()).isNotBlank().doesNotEndWith(".");
    assertThat(type.isEnabled()).isFalse(); // no recording is running
    assertThat(setting(type, "enabled"))
        .isEqualTo(name == JfrEventName.TASK_STEP ? "false" : "true");
    if (!PERIODIC.contains(name)) { // a periodic event has no such setting
      assertThat(setting(type, "stackTrace"))
          .isEqualTo(name == JfrEventName.TASK_PARK ? "true" : "false");
    }
  }

  @ParameterizedTest
  @EnumSource
  void fields_ofEachEvent_areLabelledAndDescribed(JfrEventName name) {
    assertThat(ownFields(type(name)))
        .isNotEmpty()
        .allSatisfy(
            field -> {
              assertThat(field.getLabel()).as(field.getName()).isNotBlank();
              assertThat(field.getDescription())
                  .as(field.getName())
                  .isNotBlank()
                  .doesNotEndWith(".");
            });
  }

  @Test
  void fields_contextual_areScopePathAndNameOfTaskAlone() {
    assertThat(fieldsWith(Contextual.class))
        .containsExactlyInAnyOrder("taskscope.Task#scopePath", "taskscope.Task#name");
  }

  @Test
  void fields_timespan_areInNanoseconds() {
    assertThat(fieldsWith(Timespan.class))
        .contains(
            "taskscope.Task#running",
            "taskscope.Task#queued",
            "taskscope.Task#parked",
            "taskscope.Shutdown#phaseDuration",
            "taskscope.TaskAbandoned#age");
    for (JfrEventName name : JfrEventName.values()) {
      for (ValueDescriptor field : ownFields(type(name))) {
        Timespan timespan = field.getAnnotation(Timespan.class);
        if (timespan != null) {
          assertThat(timespan.value()).isEqualTo(Timespan.NANOSECONDS);
          assertThat(field.getTypeName()).isEqualTo("long");
        }
      }
    }
  }

  @Test
  void fields_relational_areTheIdsOfTasksAndScopes() {
    assertThat(fieldsWith(TaskId.class))
        .containsExactlyInAnyOrder(
            "taskscope.Task#taskId",
            "taskscope.Task#parentTaskId",
            "taskscope.TaskStart#taskId",
            "taskscope.TaskStart#parentTaskId",
            "taskscope.TaskLive#taskId",
            "taskscope.TaskLive#parentTaskId",
            "taskscope.TaskStep#taskId",
            "taskscope.TaskPark#taskId",
            "taskscope.TaskMonitorWait#taskId",
            "taskscope.TaskAbandoned#taskId");
    assertThat(fieldsWith(ScopeId.class))
        .containsExactlyInAnyOrder(
            "taskscope.Scope#scopeId",
            "taskscope.Scope#parentId",
            "taskscope.Task#scopeId",
            "taskscope.TaskStart#scopeId",
            "taskscope.TaskLive#scopeId",
            "taskscope.TaskAbandoned#scopeId",
            "taskscope.Shutdown#scopeId");
    assertThat(TaskId.class.isAnnotationPresent(Relational.class)).isTrue();
    assertThat(ScopeId.class.isAnnotationPresent(Relational.class)).isTrue();
  }

  @Test
  void period_ofPeriodicEvents_isAsDocumented() {
    assertThat(setting(type(JfrEventName.SCOPE), "period")).isEqualTo("5 s");
    assertThat(setting(type(JfrEventName.TASK_LIVE), "period")).isEqualTo("beginChunk");
    assertThat(setting(type(JfrEventName.STATUS), "period")).isEqualTo("everyChunk");
  }

  @Test
  void thresholdAndThrottle_ofStepsAndWaits_areAsDocumented() {
    assertThat(setting(type(JfrEventName.TASK_PARK), "threshold")).isEqualTo("10 ms");
    assertThat(setting(type(JfrEventName.TASK_MONITOR_WAIT), "threshold")).isEqualTo("10 ms");
    assertThat(setting(type(JfrEventName.TASK_STEP), "threshold")).isEqualTo("0 ns");
    for (JfrEventName name :
        List.of(JfrEventName.TASK_STEP, JfrEventName.TASK_PARK, JfrEventName.TASK_MONITOR_WAIT)) {
      assertThat(setting(type(name), "throttle")).isEqualTo("off");
    }
  }

  @Test
  void readme_tableOfEvents_isWhatTheTypesSay() throws IOException {
    Pattern row = Pattern.compile("^\\| `(taskscope\\.\\w+)` \\|[^|]*\\|([^|]*)\\|$");
    Map<String, List<String>> documented = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches()) {
        List<String> fields =
            Pattern.compile("`(\\w+)`")
                .matcher(matcher.group(2))
                .results()
                .map(field -> field.group(1))
                .toList();
        documented.put(matcher.group(1), fields);
      }
    }

    Map<String, List<String>> actual = new TreeMap<>();
    for (JfrEventName name : JfrEventName.values()) {
      actual.put(
          name.eventName(), ownFields(type(name)).stream().map(ValueDescriptor::getName).toList());
    }
    assertThat(documented).isEqualTo(actual);
  }

  private static Set<String> fieldsWith(Class<? extends Annotation> mark) {
    return Arrays.stream(JfrEventName.values())
        .flatMap(
            name ->
                ownFields(type(name)).stream()
                    .filter(field -> field.getAnnotation(mark) != null)
                    .map(field -> name.eventName() + "#" + field.getName()))
        .collect(Collectors.toSet());
  }

  private static List<ValueDescriptor> ownFields(EventType type) {
    return type.getFields().stream().filter(f -> !IMPLICIT.contains(f.getName())).toList();
  }

  private static EventType type(JfrEventName name) {
    return FlightRecorder.getFlightRecorder().getEventTypes().stream()
        .filter(type -> type.getName().equals(name.eventName()))
        .findFirst()
        .orElseThrow();
  }

  private static String setting(EventType type, String name) {
    return type.getSettingDescriptors().stream()
        .filter(setting -> setting.getName().equals(name))
        .map(SettingDescriptor::getDefaultValue)
        .findFirst()
        .orElseThrow();
  }
}
