// SPDX-License-Identifier: Apache-2.0
package io.taskscope.jfr;

import static io.taskscope.jfr.JfrEventName.HOOK_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.Task;
import io.taskscope.TaskScope;
import io.taskscope.hook.TaskHook;
import java.io.IOException;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

class HookFailureEventTest extends JfrTestBase {

  /** Fails always. */
  private static final class BrokenHook implements TaskHook {
    @Override
    public void taskStarted(Task<?> task) {
      explode();
    }

    private static void explode() {
      throw new IllegalStateException("x".repeat(300));
    }
  }

  @Test
  void hookFailure_untilQuarantined_hasWhatFailedWhereAndHowOften() throws Exception {
    TaskScope scope = root("broken", o -> o.hook(new BrokenHook()));
    try (TestRecording recording = TestRecording.of(HOOK_FAILURE)) {
      for (int i = 0; i < 5; i++) {
        scope.call("fine", () -> {});
      }

      List<RecordedEvent> events = failures(recording);
      assertThat(events).hasSize(3);
      assertThat(events)
          .extracting(e -> e.getBoolean("quarantined"))
          .containsExactly(false, false, true);
      assertThat(events)
          .allSatisfy(
              event -> {
                assertThat(event.getString("hook")).isEqualTo(BrokenHook.class.getName());
                assertThat(event.getString("method")).isEqualTo("taskStarted");
                assertThat(event.getLong("count")).isEqualTo(1);
                assertThat(event.getClass("errorClass").getName())
                    .isEqualTo("java.lang.IllegalStateException");
                assertThat(event.getString("message")).hasSize(200).startsWith("xxx");
                assertThat(event.getString("stack"))
                    .contains("BrokenHook.explode", "BrokenHook.taskStarted");
              });
    }
  }

  private static List<RecordedEvent> failures(TestRecording recording) throws IOException {
    return RecordingFile.readAllEvents(recording.stop()).stream()
        .filter(e -> e.getEventType().getName().equals(HOOK_FAILURE.eventName()))
        .filter(e -> e.getString("hook").equals(BrokenHook.class.getName()))
        .toList();
  }
}
