// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.sdk;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.otel.SpanDrops;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Hands spans on to another exporter, counts those it fails to deliver, and says so once per
 * outage: a {@code WARNING} of the logger {@code io.taskscope.otel} with the first failure, and an
 * {@code INFO} with the number of spans lost when export works again.
 *
 * <p>What the other exporter throws counts as a failure to deliver. An export that never completes
 * is not counted; the OTLP exporters complete theirs when their timeout has passed. Thread-safe, if
 * the other exporter is.
 */
public final class DropCountingSpanExporter implements SpanExporter {
  private static final System.Logger LOG = System.getLogger("io.taskscope.otel");

  private final SpanExporter exporter;
  private final SpanDrops drops;
  private final String destination;
  private volatile boolean handedOver;
  private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();

  /** The time since export last worked. */
  private record Outage(long startNanos, long lostBefore) {}

  private DropCountingSpanExporter(SpanExporter exporter, SpanDrops drops, String destination) {
    this.exporter = Objects.requireNonNull(exporter, "exporter");
    this.drops = Objects.requireNonNull(drops, "drops");
    this.destination = Objects.requireNonNull(destination, "destination");
  }

  /**
   * Wraps an exporter.
   *
   * @param exporter what delivers the spans
   * @param drops where lost spans are counted, as {@link SpanDrops.Reason#EXPORT_FAILED}
   * @param destination where the spans go, for the log: the endpoint, without credentials
   */
  public static DropCountingSpanExporter create(
      SpanExporter exporter, SpanDrops drops, String destination) {
    return new DropCountingSpanExporter(exporter, drops, destination);
  }

  /** Another one with the same exporter, which goes on although this one is shut down. */
  DropCountingSpanExporter handOver() {
    handedOver = true;
    return new DropCountingSpanExporter(exporter, drops, destination);
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size(); // now, because the SDK uses the collection again
    CompletableResultCode result;
    try {
      result = exporter.export(spans);
    } catch (RuntimeException e) {
      result = CompletableResultCode.ofExceptionalFailure(e);
    }
    CompletableResultCode exported = result;
    return exported.whenComplete(
        () -> {
          if (exported.isSuccess()) {
            delivered();
          } else {
            lost(count, exported.getFailureThrowable());
          }
        });
  }

  private void lost(int count, @Nullable Throwable cause) {
    long before = drops.total();
    drops.add(SpanDrops.Reason.EXPORT_FAILED, count);
    if (outage.get() == null && outage.compareAndSet(null, new Outage(System.nanoTime(), before))) {
      LOG.log(
          System.Logger.Level.WARNING,
          "cannot export spans to {0}: {1}; {2} spans lost now, {3} so far. Lost spans are counted, and"
              + " not logged again before export works",
          destination,
          cause == null ? "the exporter gave no cause" : cause.toString(),
          String.valueOf(count),
          String.valueOf(before + count));
    }
  }

  private void delivered() {
    Outage over = outage.get() == null ? null : outage.getAndSet(null);
    if (over != null) {
      LOG.log(
          System.Logger.Level.INFO,
          "spans are exported to {0} again; {1} spans were lost in {2} s",
          destination,
          String.valueOf(drops.total() - over.lostBefore()),
          String.valueOf(Duration.ofNanos(System.nanoTime() - over.startNanos()).toSeconds()));
    }
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return handedOver ? CompletableResultCode.ofSuccess() : exporter.shutdown();
  }

  @Override
  public String toString() {
    return "DropCountingSpanExporter{" + exporter + '}';
  }
}
