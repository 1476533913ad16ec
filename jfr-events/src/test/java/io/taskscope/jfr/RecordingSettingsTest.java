// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.SettingDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordingSettingsTest extends JfrTestBase {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void settings_ofEachFile_areThoseTheEventsHave(RecordingSettings settings) {
    Map<String, String> all = settings.configuration().getSettings();

    Set<String> known =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> type.getName().startsWith("taskscope."))
            .flatMap(type -> names(type).stream())
            .collect(Collectors.toSet());
    assertThat(known).containsAll(all.keySet());
    for (JfrEventName event : JfrEventName.values()) {
      assertThat(all).containsKey(event.eventName() + "#enabled");
    }
  }

  private static Set<String> names(EventType type) {
    return type.getSettingDescriptors().stream()
        .map(SettingDescriptor::getName)
        .map(name -> type.getName() + "#" + name)
        .collect(Collectors.toSet());
  }

  @Test
  void settings_forProduction_haveNoStepsAndWaitsFromTenMilliseconds() {
    assertThat(RecordingSettings.PRODUCTION.configuration().getSettings())
        .containsEntry("taskscope.TaskStep#enabled", "false")
        .containsEntry("taskscope.TaskPark#threshold", "10 ms")
        .containsEntry("taskscope.TaskMonitorWait#threshold", "10 ms")
        .containsEntry("taskscope.TaskPark#throttle", "1000/s");
  }

  @Test
  void settings_forProfiling_haveEveryStepAndWait() {
    assertThat(RecordingSettings.PROFILE.configuration().getSettings())
        .containsEntry("taskscope.TaskStep#enabled", "true")
        .containsEntry("taskscope.TaskStep#threshold", "0 ms")
        .containsEntry("taskscope.TaskStep#throttle", "off")
        .containsEntry("taskscope.TaskPark#threshold", "0 ms")
        .containsEntry("taskscope.TaskPark#throttle", "off");
  }

  @ParameterizedTest
  @EnumSource
  void withThoseOfTheJdk_hasBoth(RecordingSettings settings) {
    assertThat(settings.withThoseOfTheJdk())
        .containsEntry("jdk.ExecutionSample#enabled", "true")
        .containsEntry("taskscope.Task#enabled", "true");
  }

  @ParameterizedTest
  @EnumSource
  void file_mergedAndChangedByTheJfrTool_hasTheChange(RecordingSettings settings) throws Exception {
    Path file = settings.writeTo(directory);
    Path merged = directory.resolve("merged.jfc");
    JfrTool.run(
        "configure",
        "--input",
        "default.jfc," + file,
        "taskscope-park-threshold=3ms",
        "taskscope-step-throttle=7/s",
        "taskscope-steps=true",
        "--output",
        merged.toString());

    Map<String, String> all;
    try (var reader = Files.newBufferedReader(merged, StandardCharsets.UTF_8)) {
      all = Configuration.create(reader).getSettings();
    }
    assertThat(all)
        .containsEntry("taskscope.TaskPark#threshold", "3 ms")
        .containsEntry("taskscope.TaskMonitorWait#threshold", "3 ms")
        .containsEntry("taskscope.TaskStep#enabled", "true")
        .containsEntry("taskscope.TaskStep#throttle", "7/s")
        .containsKey("jdk.ExecutionSample#enabled");
  }

  @Test
  void writeTo_whereThereIsOne_leavesItAlone() throws Exception {
    RecordingSettings.PRODUCTION.writeTo(directory);

    assertThatThrownBy(() -> RecordingSettings.PRODUCTION.writeTo(directory))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
