// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.console.workload.MakeRecording;
import io.taskscope.console.workload.ScriptedRecording;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our reader and the JDK's own, over the same file: every event and field that ours knows. */
class ReaderAgreementTest {
  @TempDir Path folder;

  @Test
  void read_scriptedRecording_saysWhatTheJdkSays() throws Exception {
    Path file = folder.resolve("scripted.jfr");
    ScriptedRecording.write(file);
    long compared = Agreement.assertWithJdk(file);
    assertThat(compared).isGreaterThan(2L * (ScriptedRecording.HANDLED + ScriptedRecording.TICKS));
  }

  @Test
  void read_recordingOfSeveralChunks_saysWhatTheJdkSays() throws Exception {
    Path file = folder.resolve("made.jfr");
    MakeRecording.main(new String[] {file.toString(), "2", "1"});
    assertThat(Agreement.assertWithJdk(file)).isGreaterThan(1_000);
  }
}
