// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.taskscope.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Timers do not flood the trace backend. */
class TickTest extends TracedTree {
  private static final int TICKS = 30;

  @Test
  void ticksOfAFastTimer_areRecordedOnceInAnInterval() throws Exception {
    reinstall(Duration.ofHours(1));
    Queue<SpanContext> current = new ConcurrentLinkedQueue<>();
    CountDownLatch enough = new CountDownLatch(TICKS);
    Timer timer =
        root.every(
            "poll",
            Duration.ofMillis(1),
            () -> {
              current.add(Span.current().getSpanContext());
              tracer.spanBuilder("select").startSpan().end();
              root.spawn("work", () -> 1).get();
              enough.countDown();
            });
    enough.await();
    timer.cancel();
    root.join();

    assertThat(spans.all())
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder("poll", "work", "select");
    assertThat(parent("work")).isEqualTo("poll");
    assertThat(parent("select")).isEqualTo("poll");
    assertThat(spans.named("poll").getParentSpanContext().isValid()).isFalse();
    assertThat(current.stream().skip(1))
        .allSatisfy(
            context -> {
              assertThat(context.isValid()).isTrue(); // so that samplers hand the decision down
              assertThat(context.isSampled()).isFalse();
            });
  }

  @Test
  void tickThatFails_isRecordedAfterAll_andAlsoOnlyOnce() throws Exception {
    reinstall(Duration.ofHours(1));
    CountDownLatch enough = new CountDownLatch(TICKS);
    Timer timer =
        root.every(
            "poll",
            Duration.ofMillis(1),
            () -> {
              enough.countDown();
              if (enough.getCount() < TICKS - 1) {
                throw new IllegalStateException("no answer");
              }
            });
    enough.await();
    timer.cancel();
    root.join();

    List<SpanData> polls = spans.all();
    assertThat(polls).hasSize(2).extracting(SpanData::getName).containsOnly("poll");
    assertThat(polls)
        .filteredOn(span -> attributes(span).containsKey("error.type"))
        .singleElement()
        .satisfies(span -> assertThat(span.getParentSpanContext().isValid()).isFalse());
  }

  @Test
  void recordedTick_saysHowManyWereNot() throws Exception {
    reinstall(Duration.ofMillis(100));
    Timer timer = root.every("poll", Duration.ofMillis(1), () -> {});
    List<SpanData> polls = spans.await(ended -> ended.size() >= 3);
    timer.cancel();

    assertThat(attributes(polls.getFirst())).doesNotContainKey("taskscope.timer.unrecorded_ticks");
    assertThat(polls.stream().skip(1).limit(2))
        .anySatisfy(
            span ->
                assertThat((Long) attributes(span).get("taskscope.timer.unrecorded_ticks"))
                    .isPositive());
    assertThat(timer.ticks()).isGreaterThan(polls.size());
  }

  @Test
  void zeroInterval_recordsEveryTick() throws Exception {
    reinstall(Duration.ZERO);
    CountDownLatch enough = new CountDownLatch(TICKS);
    Timer timer = root.every("poll", Duration.ofMillis(1), enough::countDown);
    enough.await();
    timer.cancel();
    root.join();

    assertThat(spans.all()).hasSizeGreaterThanOrEqualTo(TICKS);
  }

  private void reinstall(Duration interval) {
    bridge.close();
    bridge = configure(OtelBridge.builder(sdk)).tickInterval(interval).install();
  }
}
