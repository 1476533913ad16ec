// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static io.taskscope.TreeGuard.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class FailureLogTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private final LogCapture log = LogCapture.of("io.taskscope");

  @AfterEach
  void stopCapture() {
    log.close();
  }

  @Test
  void failures_fiftyThousandWithoutAHandler_areLoggedUpToALimit() throws Exception {
    TaskScope web = guard.root("web");
    for (int i = 0; i < 50_000; i++) {
      web.spawn(
          "failing",
          () -> {
            throw new IOException("x");
          });
    }
    web.join();

    assertThat(web.view().finished().failure()).isEqualTo(50_000);
    await("log", () -> log.records.size() >= FailureLog.IN_FULL);
    // A slow machine may get into further windows.
    assertThat(log.records).hasSizeLessThan(20 * FailureLog.IN_FULL);
  }

  @Test
  void log_ofMoreThanFit_isSummedUp() {
    FailureLog failures = new FailureLog(Duration.ofSeconds(1));
    Task<?> task = guard.root("web").spawn("t", () -> 1);
    for (int i = 0; i < FailureLog.IN_FULL + 50; i++) {
      failures.log((TaskRun<?>) task, "failed", new IOException("x"));
    }

    await("sum", () -> logged().stream().anyMatch(message -> message.contains("more tasks")));
    long inFull = logged().stream().filter(message -> message.endsWith(" failed")).count();
    assertThat(inFull).isGreaterThanOrEqualTo(FailureLog.IN_FULL);
    assertThat(logged().getLast())
        .startsWith(FailureLog.IN_FULL + 50 - inFull + " more tasks failed")
        .contains(task.toString());

    failures.log((TaskRun<?>) task, "failed", new IOException("later"));
    assertThat(log.records.getLast().getThrown()).hasMessage("later");
  }

  private List<String> logged() {
    return log.records.stream().map(LogRecord::getMessage).toList();
  }
}
