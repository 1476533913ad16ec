// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StacksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.taskscope.jfr.StepEvents.park",
        "io.taskscope.internal.HookSet.parkEnded",
        "io.taskscope.Steps.parkOver",
        "io.taskscope.AgentLink.accept",
        "java.base/java.lang.TaskscopeProbe.parked"
      })
  void isOurs_theProbe_holds(String method) {
    assertThat(Stacks.isOurs(method)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.taskscope.demo.App.stuck",
        "io.taskscope.TaskRun.run",
        "java.base/java.lang.VirtualThread.parkNanos",
        "java.lang.Thread.sleep",
        "com.example.Steps.go"
      })
  void isOurs_anyOtherMethod_doesNot(String method) {
    assertThat(Stacks.isOurs(method)).isFalse();
  }
}
