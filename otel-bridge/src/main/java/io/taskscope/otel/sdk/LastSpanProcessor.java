// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.sdk;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.taskscope.otel.internal.ShutdownsUnderWay;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Holds the end of the SDK back, when the JVM ends, until the trees that are shutting down at the
 * same time are closed, so that the spans of their last tasks and of the shutdown itself are
 * exported. The JVM runs the shutdown hooks of both side by side and in no order.
 *
 * <p>What is left to export then gets what is left of the tree's deadline, and at least a second.
 */
final class LastSpanProcessor implements SpanProcessor {
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private static final Duration LAST_EXPORT = Duration.ofSeconds(1);

  private final SpanProcessor processor;
  private final Runnable whenOver;
  private final BooleanSupplier jvmIsEnding;

  /**
   * @param processor does the work
   * @param whenOver called when the SDK ends, before that does
   */
  LastSpanProcessor(SpanProcessor processor, Runnable whenOver) {
    this(processor, whenOver, LastSpanProcessor::isJvmEnding);
  }

  LastSpanProcessor(SpanProcessor processor, Runnable whenOver, BooleanSupplier jvmIsEnding) {
    this.processor = processor;
    this.whenOver = whenOver;
    this.jvmIsEnding = jvmIsEnding;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    processor.onStart(parent, span);
  }

  @Override
  public boolean isStartRequired() {
    return processor.isStartRequired();
  }

  @Override
  public void onEnd(ReadableSpan span) {
    processor.onEnd(span);
  }

  @Override
  public boolean isEndRequired() {
    return processor.isEndRequired();
  }

  @Override
  public CompletableResultCode shutdown() {
    Optional<Instant> deadline =
        jvmIsEnding.getAsBoolean() ? ShutdownsUnderWay.await(GRACE, AT_MOST) : Optional.empty();
    whenOver.run();
    CompletableResultCode done = processor.shutdown();
    return deadline.map(until -> atTheLatest(done, until)).orElse(done);
  }

  private static CompletableResultCode atTheLatest(CompletableResultCode done, Instant until) {
    Duration left = Duration.between(Instant.now(), until);
    Duration given = left.compareTo(LAST_EXPORT) < 0 ? LAST_EXPORT : left;
    CompletableResultCode bounded = new CompletableResultCode();
    done.whenComplete(
        () -> {
          if (done.isSuccess()) {
            bounded.succeed();
          } else {
            bounded.fail();
          }
        });
    CompletableFuture.delayedExecutor(given.toNanos(), TimeUnit.NANOSECONDS).execute(bounded::fail);
    return bounded;
  }

  /** There is no other way to ask. */
  private static boolean isJvmEnding() {
    try {
      Runtime.getRuntime().removeShutdownHook(new Thread());
      return false;
    } catch (IllegalStateException ending) {
      return true;
    }
  }

  @Override
  public CompletableResultCode forceFlush() {
    return processor.forceFlush();
  }

  @Override
  public String toString() {
    return "LastSpanProcessor{" + processor + '}';
  }
}
