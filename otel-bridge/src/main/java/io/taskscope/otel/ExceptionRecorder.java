// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.taskscope.Task;
import org.jspecify.annotations.Nullable;

/**
 * Records what a task failed with: as an event of its span, as a log record, or both, as {@code
 * OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN} says.
 */
final class ExceptionRecorder {
  private static final System.Logger LOG = System.getLogger("io.taskscope.otel");

  private static final String VARIABLE = "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN";
  private static final String PROPERTY = "otel.semconv.exception.signal.opt-in";

  private final boolean events;
  private final @Nullable Logger logs;

  private ExceptionRecorder(boolean events, @Nullable Logger logs) {
    this.events = events;
    this.logs = logs;
  }

  /** What the system property says, or else the environment variable; null for neither. */
  static @Nullable String configuredSignal() {
    String property = System.getProperty(PROPERTY);
    return property == null ? System.getenv(VARIABLE) : property;
  }

  /**
   * A recorder for one value of the setting: {@code logs}, {@code logs/dup} for logs and events,
   * and events for everything else, or where there is nobody to take logs.
   */
  static ExceptionRecorder of(OpenTelemetry openTelemetry, @Nullable String signal) {
    if (signal == null || signal.isBlank()) {
      return new ExceptionRecorder(true, null);
    }
    boolean both = signal.equals("logs/dup");
    if (!both && !signal.equals("logs")) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} is \"{1}\", which is neither \"logs\" nor \"logs/dup\": exceptions become span events",
          VARIABLE,
          signal);
      return new ExceptionRecorder(true, null);
    }
    Logger logger = openTelemetry.getLogsBridge().get(TaskSpanHook.INSTRUMENTATION);
    if (!logger.isEnabled(Severity.ERROR)) { // so that exceptions are not lost altogether
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} is \"{1}\", but OpenTelemetry has no logger provider: exceptions become span events",
          VARIABLE,
          signal);
      return new ExceptionRecorder(true, null);
    }
    return new ExceptionRecorder(both, logger);
  }

  /**
   * Records it.
   *
   * @param context has the span in it
   */
  void record(Task<?> task, Span span, Context context, Throwable error) {
    if (span.isRecording()) {
      try {
        span.setStatus(StatusCode.ERROR);
        span.setStatus(StatusCode.ERROR, error.getMessage());
        if (events) {
          span.recordException(error);
        }
      } catch (RuntimeException unreadable) {
        cannotRead(error, unreadable);
      }
    }
    if (logs != null) { // also for spans that are not sampled: logs are a signal of their own
      LogRecordBuilder log =
          logs.logRecordBuilder()
              .setContext(context)
              .setSeverity(Severity.ERROR)
              .setEventName(SpanAttribute.EXCEPTION_EVENT)
              .setAttribute(SpanAttribute.SCOPE_PATH.text(), task.scope().path());
      try {
        log.setException(error);
      } catch (RuntimeException unreadable) {
        cannotRead(error, unreadable);
      }
      log.emit();
    }
  }

  /** An exception whose message or stack trace throws is no fault of this hook. */
  private static void cannotRead(Throwable error, RuntimeException unreadable) {
    LOG.log(
        System.Logger.Level.DEBUG,
        () -> "cannot describe an exception of class " + error.getClass().getName(),
        unreadable);
  }
}
