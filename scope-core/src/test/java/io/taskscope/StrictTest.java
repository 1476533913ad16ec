// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class StrictTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private static final Logger LOGGER = Logger.getLogger("io.taskscope");

  private final Queue<LogRecord> logged = new ConcurrentLinkedQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    BlockExit.strict = true;
    LOGGER.addHandler(handler);
    LOGGER.setUseParentHandlers(false);
  }

  @AfterEach
  void stopListening() {
    BlockExit.strict = false;
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
  }

  private static void closeElsewhere(TaskScope block) throws InterruptedException {
    Thread other = Thread.ofPlatform().name("the-other").start(block::close);
    other.join();
  }

  @Test
  void block_closedOnAnotherThread_isReportedWithBothStacks() throws Exception {
    TaskScope web = guard.root("web");
    web.spawn(
            "t",
            () -> {
              TaskScope block = TaskScope.open("checkout");
              closeElsewhere(block);
              assertThat(block.state()).isEqualTo(ScopeState.CLOSED);
            })
        .get();

    assertThat(logged).hasSize(1);
    LogRecord record = logged.element();
    assertThat(record.getLevel()).isEqualTo(Level.WARNING);
    assertThat(record.getMessage()).contains("/web/checkout", "not closed by the thread");
    Throwable closed = record.getThrown();
    assertThat(closed).hasMessageContaining("closed on").hasMessageContaining("the-other");
    assertThat(List.of(closed.getStackTrace()))
        .anyMatch(frame -> frame.getMethodName().equals("leave"));
    Throwable opened = closed.getCause();
    assertThat(opened).hasMessageContaining("opened on");
    assertThat(List.of(opened.getStackTrace()))
        .anyMatch(frame -> frame.getClassName().equals(StrictTest.class.getName()));
  }

  @Test
  void blocks_closedInTheWrongOrder_areReported() {
    TaskScope outer = TaskScope.open("outer");
    TaskScope inner = TaskScope.open("inner");
    outer.close();
    inner.close();
    Context.restore(null); // what remains of the wrong order is not what is tested here

    assertThat(logged).isNotEmpty();
    assertThat(logged.element().getMessage()).contains("scope /outer");
  }

  @Test
  void block_closedProperly_isNotReported() throws Exception {
    try (TaskScope outer = TaskScope.open("outer")) {
      try (TaskScope inner = TaskScope.open("inner")) {
        inner.join();
      }
      outer.join();
      outer.close();
    }

    assertThat(logged).isEmpty();
  }

  @Test
  void block_closedTwice_isNotReported() {
    TaskScope block = TaskScope.open("outer");
    block.close();
    block.close();

    assertThat(logged).isEmpty();
  }

  @Test
  void block_closedElsewhereWithoutStrict_isNotReported() throws Exception {
    BlockExit.strict = false;
    TaskScope web = guard.root("web");
    web.spawn("t", () -> closeElsewhere(TaskScope.open("checkout"))).get();

    assertThat(logged).isEmpty();
  }
}
