// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Errors of the application that throw when they are asked for anything. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileErrorTest {
  @RegisterExtension final TreeGuard guard = new TreeGuard();

  @SuppressWarnings("ThrowableEqualsHashCode") // that is what makes it hostile
  private static final class Hostile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
      throw new IllegalStateException("toString");
    }

    @Override
    public String getMessage() {
      throw new IllegalStateException("getMessage");
    }

    @Override
    public boolean equals(Object other) {
      throw new IllegalStateException("equals");
    }

    @Override
    public int hashCode() {
      throw new IllegalStateException("hashCode");
    }
  }

  @Test
  void report_ofAResourceThatFailedWithIt_namesItsClass() {
    TaskScope web = guard.root("web");
    web.onClose(
        "resource",
        () -> {
          throw new Hostile();
        });

    assertThat(web.shutdown(Duration.ofSeconds(5)).toString()).contains(Hostile.class.getName());
  }

  @Test
  void join_afterTwoTasksFailedWithIt_throwsTheFirstAndKeepsTheOther() throws Exception {
    CountDownLatch both = guard.latch();
    CountDownLatch ready = new CountDownLatch(2);
    try (TaskScope block = TaskScope.open("block")) {
      for (String name : List.of("one", "two")) {
        block.spawn(
            name,
            () -> {
              ready.countDown();
              TreeGuard.awaitStubbornly(both);
              throw new Hostile();
            });
      }
      ready.await();
      both.countDown();

      assertThatThrownBy(block::join)
          .isInstanceOf(TaskFailedException.class)
          .satisfies(thrown -> assertThat(thrown.getCause() instanceof Hostile).isTrue())
          .satisfies(thrown -> assertThat(thrown.getSuppressed().length).isEqualTo(1));
    }
  }
}
