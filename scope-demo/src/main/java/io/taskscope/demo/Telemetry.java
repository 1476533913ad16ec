// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import com.sun.net.httpserver.HttpHandler;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.taskscope.hook.HookRegistration;
import io.taskscope.jfr.JfrEvents;
import io.taskscope.metrics.BucketExemplars;
import io.taskscope.metrics.ScrapeHandler;
import io.taskscope.metrics.TaskSpanContext;
import io.taskscope.metrics.TaskscopeMetrics;
import io.taskscope.otel.OtelBridge;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Connects the scopes of this JVM to Flight Recorder, Prometheus and OpenTelemetry: all of it is
 * here.
 */
final class Telemetry {
  private final FlightRecording recording;
  private final Traces traces;
  private final OtelBridge spans;
  private final TaskscopeMetrics metrics;
  private final PrometheusMeterRegistry registry;
  private final HookRegistration events;

  private Telemetry(FlightRecording recording, Traces traces) {
    this.recording = recording;
    this.traces = traces;
    // First, so that the others know the span of the task they record.
    spans = OtelBridge.install(traces.openTelemetry());
    metrics = new TaskscopeMetrics();
    registry =
        new PrometheusMeterRegistry(
            new BucketExemplars(), new PrometheusRegistry(), Clock.SYSTEM, new TaskSpanContext());
    metrics.bindTo(registry);
    events = JfrEvents.install();
  }

  /**
   * Starts to record and to measure.
   *
   * @param file where the recording goes
   * @throws StartException if that does not work; nothing is left behind then
   */
  static Telemetry start(Path file) {
    FlightRecording recording = FlightRecording.start(file);
    try {
      return new Telemetry(recording, new Traces());
    } catch (RuntimeException e) {
      recording.finish();
      throw e;
    }
  }

  /** All has started: from now on the recording is kept. */
  void keepRecording() {
    recording.keep();
  }

  /** Serves what Prometheus scrapes. */
  HttpHandler scrapeHandler() {
    return new ScrapeHandler(registry, metrics);
  }

  /** How a trace goes from process to process. */
  TextMapPropagator propagator() {
    return traces.openTelemetry().getPropagators().getTextMapPropagator();
  }

  /** Where the spans go, for people. */
  String tracesGoTo() {
    return traces.destination();
  }

  Path recordingFile() {
    return recording.file();
  }

  /**
   * Ends all of it when the scopes are closed; the recording, which is to show that, last.
   *
   * @param within how long the export of the last spans may take
   * @return what there is now and where, a line each
   */
  List<String> finish(Duration within) {
    events.close();
    metrics.close();
    spans.close();
    String exported = traces.finish(within);
    recording.finish();
    return List.of(
        "traces     " + exported,
        "recording  %s (%s)".formatted(recording.file(), recording.size()));
  }

  /** Ends all of it when the demo did not start, and leaves no recording. */
  void discard(Duration within) {
    events.close();
    metrics.close();
    spans.close();
    traces.finish(within);
    recording.finish();
  }
}
