// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskscope.view.Snapshot;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trees and recursions that are deeper than a stack. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeepTreeTest {
  private static final int DEPTH = 10_000;

  @RegisterExtension final TreeGuard guard = new TreeGuard();

  private TaskScope deepTree() {
    TaskScope top = guard.root("deep");
    TaskScope at = top;
    for (int i = 0; i < DEPTH; i++) {
      at = at.child("c");
    }
    return top;
  }

  @Test
  void snapshot_ofADeepTree_isComparedAndPrinted() {
    TaskScope top = deepTree();

    Snapshot snapshot = top.snapshot();
    Snapshot other = new Snapshot(snapshot.takenAt(), snapshot.scope());

    assertThat(snapshot.scope().all()).hasSize(DEPTH + 1);
    assertThat(snapshot.equals(other)).isTrue();
    assertThat(snapshot.hashCode()).isEqualTo(other.hashCode());
    assertThat(snapshot.toString()).contains("/deep").hasSizeLessThan(500);
    assertThat(snapshot.scope().equals(snapshot.scope().children().getFirst())).isFalse();
    top.shutdown(Duration.ofSeconds(30));
  }

  @Test
  void report_ofADeepTree_isComparedAndPrinted() {
    TaskScope top = deepTree();

    ShutdownReport report = top.shutdown(Duration.ofSeconds(30));

    assertThat(report.result()).isEqualTo(ShutdownReport.Result.CLEAN);
    assertThat(report.all()).hasSize(DEPTH + 1);
    assertThat(report.equals(top.report().orElseThrow())).isTrue();
    assertThat(report.equals(report.children().getFirst())).isFalse();
    assertThat(report.hashCode()).isEqualTo(top.report().orElseThrow().hashCode());
    assertThat(report.toString()).contains("scopes more").hasSizeLessThan(1_000_000);
  }

  @Test
  void recursion_throughCall_overflowsAndLeavesNothingBehind() throws Exception {
    TaskScope web = guard.root("web");
    AtomicLong overflows = new AtomicLong();
    Thread thread =
        new Thread(
            null,
            () -> {
              for (int i = 0; i < 200; i++) {
                try {
                  descend(web);
                } catch (StackOverflowError expected) {
                  overflows.incrementAndGet();
                }
              }
            },
            "recursion",
            512 * 1024);
    thread.start();
    thread.join();

    assertThat(overflows).hasValue(200);
    assertThat(web.view().live()).isZero();
    assertThat(web.view().started()).isPositive().isEqualTo(web.view().finished().total());
  }

  private static int descend(TaskScope scope) {
    return 1 + scope.call("one deeper", () -> descend(scope));
  }
}
