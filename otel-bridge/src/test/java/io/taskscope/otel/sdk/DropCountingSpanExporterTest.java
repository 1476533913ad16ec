// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.otel.LogCapture;
import io.taskscope.otel.SpanDrops;
import io.taskscope.otel.SpanDrops.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DropCountingSpanExporterTest {
  private final LogCapture log = new LogCapture("io.taskscope.otel");
  private final SpanDrops drops = new SpanDrops();
  private final Scripted scripted = new Scripted();
  private final SpanExporter exporter =
      DropCountingSpanExporter.create(scripted, drops, "http://collector:4317");

  @AfterEach
  void stopListening() {
    log.close();
  }

  @Test
  void export_thatWorks_countsAndLogsNothing() {
    scripted.next = CompletableResultCode::ofSuccess;

    assertThat(exporter.export(spans(3)).isSuccess()).isTrue();
    assertThat(drops.total()).isZero();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void export_thatFails_isCountedAndLoggedOncePerOutage() {
    scripted.next = () -> CompletableResultCode.ofExceptionalFailure(new IOException("refused"));
    exporter.export(spans(3));
    exporter.export(spans(4));
    assertThat(drops.count(Reason.EXPORT_FAILED)).isEqualTo(7);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARNING cannot export spans to http://collector:4317")
        .contains("java.io.IOException: refused", "3 spans lost now, 3 so far");

    drops.add(Reason.QUEUE_FULL, 10); // meanwhile, and part of the same outage
    scripted.next = CompletableResultCode::ofSuccess;
    exporter.export(spans(1));
    exporter.export(spans(1));
    assertThat(log.lines()).hasSize(2);
    assertThat(log.lines().getLast())
        .startsWith("INFO spans are exported to http://collector:4317 again; 17 spans were lost");

    scripted.next = CompletableResultCode::ofFailure;
    exporter.export(spans(2));
    assertThat(log.lines()).hasSize(3);
    assertThat(log.lines().getLast()).startsWith("WARNING").contains("2 spans lost now, 19 so far");
  }

  @Test
  void export_thatThrows_isAFailure() {
    scripted.next =
        () -> {
          throw new IllegalStateException("broken exporter");
        };

    CompletableResultCode result = exporter.export(spans(2));

    assertThat(result.isSuccess()).isFalse();
    assertThat(result.getFailureThrowable()).hasMessage("broken exporter");
    assertThat(drops.count(Reason.EXPORT_FAILED)).isEqualTo(2);
  }

  @Test
  void export_thatCompletesLater_isCountedThen() {
    CompletableResultCode pending = new CompletableResultCode();
    scripted.next = () -> pending;
    List<SpanData> batch = new ArrayList<>(spans(5));
    exporter.export(batch);
    batch.clear(); // as the SDK does when it has lost patience
    assertThat(drops.total()).isZero();

    pending.fail();
    assertThat(drops.count(Reason.EXPORT_FAILED)).isEqualTo(5);
  }

  @Test
  void export_failingOnManyThreads_isLoggedOnce() {
    scripted.next = CompletableResultCode::ofFailure;
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        executor.execute(() -> exporter.export(spans(1)));
      }
    }

    assertThat(drops.count(Reason.EXPORT_FAILED)).isEqualTo(100);
    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void flushAndShutdown_reachTheOtherExporter() {
    assertThat(exporter.flush().isSuccess()).isTrue();
    assertThat(exporter.shutdown().isSuccess()).isTrue();

    assertThat(scripted.calls).containsExactly("flush", "shutdown");
    assertThat(exporter).hasToString("DropCountingSpanExporter{scripted}");
  }

  private static List<SpanData> spans(int count) {
    return Collections.nCopies(
        count,
        TestSpanData.builder()
            .setName("span")
            .setKind(SpanKind.INTERNAL)
            .setStartEpochNanos(1)
            .setEndEpochNanos(2)
            .setHasEnded(true)
            .setStatus(StatusData.unset())
            .build());
  }

  private static final class Scripted implements SpanExporter {
    volatile Supplier<CompletableResultCode> next;
    final List<String> calls = new ArrayList<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return next.get();
    }

    @Override
    public CompletableResultCode flush() {
      calls.add("flush");
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      calls.add("shutdown");
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public String toString() {
      return "scripted";
    }
  }
}
