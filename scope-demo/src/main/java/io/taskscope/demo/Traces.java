// SPDX-License-Identifier: Apache-2.0
package io.taskscope.demo;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.hook.TelemetryDrops;
import io.taskscope.otel.SpanDrops;
import io.taskscope.otel.sdk.DropCountingMeterProvider;
import io.taskscope.otel.sdk.DropCountingSpanExporter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/**
 * OpenTelemetry's SDK, set up by the usual environment variables. Where they name an OTLP endpoint
 * the spans go there, and are counted where they cannot; else the last of them are kept in memory.
 */
final class Traces {
  private static final String SERVICE = "taskscope-demo";
  private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
  private static final Duration EXPORT_EVERY = Duration.ofSeconds(1);

  private final SpanDrops drops = new SpanDrops();
  private final TelemetryDrops.Registration shown =
      TelemetryDrops.add(TelemetryDrops.Signal.SPANS, drops::counts);
  private final SpanLedger ledger = new SpanLedger();
  private final RecentSpans recent = new RecentSpans();
  private final OpenTelemetrySdk sdk;
  private Optional<String> destination = Optional.empty();

  /**
   * Starts it.
   *
   * @throws StartException if the environment holds what OpenTelemetry does not understand
   */
  Traces() {
    try {
      sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook() // closed in its turn
              .addResourceCustomizer((resource, config) -> named(resource))
              // The processor is made below, with the parts that count lost spans.
              .addPropertiesCustomizer(
                  config ->
                      Map.of(
                          "otel.traces.exporter", "none",
                          "otel.metrics.exporter", "none",
                          "otel.logs.exporter", "none",
                          // The bridge is installed in its turn.
                          "otel.instrumentation.taskscope.enabled", "false"))
              .addTracerProviderCustomizer(
                  (provider, config) ->
                      provider.addSpanProcessor(ledger).addSpanProcessor(processor(config)))
              .build()
              .getOpenTelemetrySdk();
    } catch (ConfigurationException | IllegalArgumentException e) {
      throw new StartException("wrong OTEL_… environment variable: " + e.getMessage(), e);
    }
  }

  private static Resource named(Resource resource) {
    String name = resource.getAttribute(SERVICE_NAME);
    return name == null || name.startsWith("unknown_service")
        ? resource.merge(Resource.create(Attributes.of(SERVICE_NAME, SERVICE)))
        : resource;
  }

  private SpanProcessor processor(ConfigProperties config) {
    destination =
        Optional.ofNullable(config.getString("otel.exporter.otlp.traces.endpoint"))
            .or(() -> Optional.ofNullable(config.getString("otel.exporter.otlp.endpoint")))
            .map(endpoint -> endpoint.replaceFirst("//[^/@]*@", "//")); // without credentials
    if (destination.isEmpty()) {
      return SimpleSpanProcessor.create(recent);
    }
    return BatchSpanProcessor.builder(
            DropCountingSpanExporter.create(
                ledger.counting(otlp(config)), drops, destination.get()))
        .setScheduleDelay(EXPORT_EVERY)
        .setMeterProvider(DropCountingMeterProvider.create(drops, MeterProvider.noop()))
        .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST)
        .build();
  }

  /** The exporter that knows all of {@code OTEL_EXPORTER_OTLP_*}, the protocol among them. */
  private static SpanExporter otlp(ConfigProperties config) {
    return ServiceLoader.load(ConfigurableSpanExporterProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.getName().equals("otlp"))
        .findFirst()
        .orElseThrow()
        .createExporter(config);
  }

  OpenTelemetry openTelemetry() {
    return sdk;
  }

  /** Where the spans go, for people. */
  String destination() {
    return destination.orElse("kept in memory (set OTEL_EXPORTER_OTLP_ENDPOINT to export)");
  }

  /**
   * Exports what is left, and ends.
   *
   * @param within how long that may take
   * @return what became of the spans, for people
   */
  String finish(Duration within) {
    sdk.shutdown().join(within.toNanos(), TimeUnit.NANOSECONDS);
    shown.close();
    if (destination.isEmpty()) {
      return "%s of %s spans held in memory".formatted(recent.held(), recent.seen());
    }
    long lost = drops.total();
    long waiting = ledger.ended() - ledger.delivered() - lost;
    return "%s of %s spans exported to %s; %s lost%s"
        .formatted(
            ledger.delivered(),
            ledger.ended(),
            destination.get(),
            lost,
            waiting > 0
                ? ", and %s still unsent after %s".formatted(waiting, DurationText.of(within))
                : "");
  }
}
