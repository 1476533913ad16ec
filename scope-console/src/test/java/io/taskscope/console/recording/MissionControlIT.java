// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.console.workload.AgentRecording;
import org.junit.jupiter.api.Test;

/**
 * Our reader and the parser of JDK Mission Control over the same recording of real tasks: every
 * type is there as often, and every event of a kind that ours knows has the same times, thread,
 * stack and fields, the path among them.
 */
class MissionControlIT {
  @Test
  void read_recordingWithTheAgent_saysWhatMissionControlSays() throws Exception {
    long compared = Agreement.assertWith(MissionControl::read, AgentRecording.shared().file());
    assertThat(compared).isGreaterThan(500);
  }

  @Test
  void read_recordingWithTheAgent_saysWhatTheJdkSays() throws Exception {
    assertThat(Agreement.assertWithJdk(AgentRecording.shared().file())).isGreaterThan(500);
  }
}
