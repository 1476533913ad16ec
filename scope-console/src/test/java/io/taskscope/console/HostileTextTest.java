// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.console.analysis.Text;
import io.taskscope.console.workload.HostileRecording;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a recording calls its tasks reaches a terminal as text, never as a command to it. */
class HostileTextTest {
  @TempDir static Path folder;

  private static String recording;

  @BeforeAll
  static void record() throws Exception {
    Path file = folder.resolve("hostile.jfr");
    HostileRecording.write(file);
    recording = file.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"report", "report --collapsed=parked", "replay", "replay --at 50%", "diff"})
  void text_hostileNames_hasNoControlCharacters(String command) {
    String[] words = command.split(" ", -1);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> args = new ArrayList<>(List.of(words));
    args.add(1, recording);
    if (command.equals("diff")) {
      args.add(recording);
    }
    int code =
        Taskscope.commandLine(new PrintWriter(out), new PrintWriter(err))
            .execute(args.toArray(String[]::new));
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).isNotEmpty();
    assertThat(out.toString().lines())
        .allSatisfy(line -> assertThat(line).isEqualTo(Text.printable(line)));
    int longest = command.contains("collapsed") ? 50_000 : 400; // a whole stack is one line there
    assertThat(out.toString().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(longest));
  }

  @Test
  void printable_controlAndDirection_areShownByTheirNumber() {
    assertThat(Text.printable("a\u001b[31m\u202eb\nc\u00e9\ud83d\udd25"))
        .isEqualTo("a\\u001b[31m\\u202eb\\u000ac\u00e9\ud83d\udd25");
  }
}
