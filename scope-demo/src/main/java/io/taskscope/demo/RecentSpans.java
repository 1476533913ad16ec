// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Keeps the last spans in memory, for when nobody collects them. Takes no lock. */
final class RecentSpans implements SpanExporter {
  static final int CAPACITY = 4_096;

  private final AtomicReferenceArray<SpanData> ring = new AtomicReferenceArray<>(CAPACITY);
  private final AtomicLong seen = new AtomicLong();

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    for (SpanData span : spans) {
      ring.set((int) (seen.getAndIncrement() % CAPACITY), span);
    }
    return CompletableResultCode.ofSuccess();
  }

  /** How many there were so far. */
  long seen() {
    return seen.get();
  }

  /** How many of them are kept. */
  long held() {
    return Math.min(seen.get(), CAPACITY);
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }
}
