// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** Keeps the spans that ended, and lets a test wait for those that end on another thread. */
final class CollectedSpans implements SpanExporter {
  private static final Duration AT_MOST = Duration.ofSeconds(20);

  private final List<SpanData> spans = new ArrayList<>();

  synchronized List<SpanData> all() {
    return List.copyOf(spans);
  }

  /** The only span with that name. */
  SpanData named(String name) {
    List<SpanData> found = all().stream().filter(span -> span.getName().equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " spans are named " + name + " in " + all());
    }
    return found.getFirst();
  }

  synchronized List<SpanData> await(Predicate<List<SpanData>> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + AT_MOST.toNanos();
    while (!wanted.test(List.copyOf(spans))) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("not the spans waited for: " + spans);
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return List.copyOf(spans);
  }

  @Override
  public synchronized CompletableResultCode export(Collection<SpanData> ended) {
    spans.addAll(ended);
    notifyAll();
    return CompletableResultCode.ofSuccess();
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
