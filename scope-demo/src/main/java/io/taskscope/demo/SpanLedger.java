// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

/** How many spans ended and how many arrived, so that at the end every span is accounted for. */
final class SpanLedger implements SpanProcessor {
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong delivered = new AtomicLong();

  long ended() {
    return ended.get();
  }

  long delivered() {
    return delivered.get();
  }

  /** The same exporter, and what it delivers is counted. */
  SpanExporter counting(SpanExporter exporter) {
    return new SpanExporter() {
      @Override
      public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(
            () -> {
              if (result.isSuccess()) {
                delivered.addAndGet(count);
              }
            });
      }

      @Override
      public CompletableResultCode flush() {
        return exporter.flush();
      }

      @Override
      public CompletableResultCode shutdown() {
        return exporter.shutdown();
      }
    };
  }

  @Override
  public void onStart(Context parentContext, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (span.getSpanContext().isSampled()) {
      ended.incrementAndGet();
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }
}
