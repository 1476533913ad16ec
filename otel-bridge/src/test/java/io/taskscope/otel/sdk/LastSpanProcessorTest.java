// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.taskscope.ScopeState;
import io.taskscope.TaskScope;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Which of the two ends first when the JVM does, the tree or the SDK, and how long that may take.
 */
@Timeout(60)
class LastSpanProcessorTest {
  private final TaskScope root = TaskScope.root("ending");
  private final CountDownLatch release = new CountDownLatch(1);
  private final Inner inner = new Inner();

  /** Notes in which state the tree was when it was shut down. */
  private final class Inner implements SpanProcessor {
    final CompletableFuture<ScopeState> stateAtShutdown = new CompletableFuture<>();
    CompletableResultCode result = CompletableResultCode.ofSuccess();

    @Override
    public CompletableResultCode shutdown() {
      stateAtShutdown.complete(root.state());
      return result;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  @BeforeEach
  void beBusy() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    root.spawn(
        "last",
        () -> {
          running.countDown();
          release.await();
        });
    running.await();
  }

  @AfterEach
  void close() {
    release.countDown();
    root.shutdown(Duration.ofSeconds(10));
  }

  private CompletableFuture<?> endTheTree(Duration deadline) throws Exception {
    CompletableFuture<?> report = CompletableFuture.supplyAsync(() -> root.shutdown(deadline));
    while (!root.isShuttingDown()) {
      Thread.sleep(1);
    }
    return report;
  }

  @Test
  void shutdown_whenTheJvmEnds_waitsForTheTree() throws Exception {
    LastSpanProcessor last = new LastSpanProcessor(inner, () -> {}, () -> true);
    CompletableFuture<?> report = endTheTree(Duration.ofSeconds(40));
    CompletableFuture<CompletableResultCode> ended = new CompletableFuture<>();
    Thread ending = Thread.ofPlatform().start(() -> ended.complete(last.shutdown()));
    while (ending.getState() != Thread.State.TIMED_WAITING && ending.isAlive()) {
      Thread.onSpinWait();
    }
    assertThat(inner.stateAtShutdown).isNotDone();
    release.countDown();
    report.get();

    assertThat(ended.get().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
    assertThat(inner.stateAtShutdown.get()).isEqualTo(ScopeState.CLOSED);
  }

  @Test
  void shutdown_whenTheLastExportHangs_ends() throws Exception {
    inner.result = new CompletableResultCode(); // never completes
    LastSpanProcessor last = new LastSpanProcessor(inner, () -> {}, () -> true);
    endTheTree(Duration.ofSeconds(1)); // cancels and abandons, if need be
    CompletableResultCode ended = last.shutdown().join(30, TimeUnit.SECONDS);

    assertThat(ended.isDone()).isTrue();
    assertThat(ended.isSuccess()).isFalse();
  }

  @Test
  void shutdown_ofAnSdkWhileTheJvmGoesOn_doesNotWait() throws Exception {
    boolean[] over = new boolean[1];
    LastSpanProcessor last = new LastSpanProcessor(inner, () -> over[0] = true, () -> false);
    endTheTree(Duration.ofSeconds(40));
    assertThat(last.shutdown().isSuccess()).isTrue();

    assertThat(over[0]).isTrue();
    assertThat(inner.stateAtShutdown.get()).isNotEqualTo(ScopeState.CLOSED);
  }
}
