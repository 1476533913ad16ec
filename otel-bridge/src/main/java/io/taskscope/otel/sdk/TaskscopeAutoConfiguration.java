// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel.sdk;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.taskscope.otel.DetachedWork;
import io.taskscope.otel.OtelBridge;
import io.taskscope.otel.SpanDrops;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Found by the SDK's autoconfiguration, so that {@code OTEL_*} variables are all a service needs:
 * when the SDK has been built the bridge is installed with it, lost spans are counted in {@link
 * SpanDrops#ofAutoConfiguration}, and at the end of the JVM the SDK waits for the trees that are
 * shutting down. Not to be used otherwise.
 *
 * <p>The properties are listed in the module's README. What is wrong with one is said by a {@link
 * ConfigurationException} as for all properties of the SDK.
 */
public final class TaskscopeAutoConfiguration
    implements AutoConfigurationCustomizerProvider, AutoConfigureListener {
  private static final String PREFIX = "otel.taskscope.";

  // One object serves one SDK: the SDK makes it anew each time.
  private final SpanDrops drops = SpanDrops.ofAutoConfiguration();
  private final AtomicReference<@Nullable OtelBridge> bridge = new AtomicReference<>();
  private volatile @Nullable OpenTelemetrySdk sdk;
  private volatile boolean enabled;
  private volatile UnaryOperator<OtelBridge.Builder> options = UnaryOperator.identity();

  /** For the service loader. */
  public TaskscopeAutoConfiguration() {}

  @Override
  public void customize(AutoConfigurationCustomizer customizer) {
    customizer.addSpanExporterCustomizer(
        (exporter, config) -> isEnabled(config) ? counting(exporter, config) : exporter);
    customizer.addSpanProcessorCustomizer(
        (processor, config) ->
            isEnabled(config)
                ? new LastSpanProcessor(counting(processor, config), this::close)
                : processor);
    customizer.addTracerProviderCustomizer(
        (provider, config) -> {
          enabled = isEnabled(config);
          options = options(config);
          return provider;
        });
  }

  private static boolean isEnabled(ConfigProperties config) {
    return config.getBoolean("otel.instrumentation.taskscope.enabled", true)
        && !config.getBoolean("otel.sdk.disabled", false);
  }

  private SpanExporter counting(SpanExporter exporter, ConfigProperties config) {
    String endpoint =
        Optional.ofNullable(config.getString("otel.exporter.otlp.traces.endpoint"))
            .or(() -> Optional.ofNullable(config.getString("otel.exporter.otlp.endpoint")))
            .map(url -> url.replaceFirst("//[^/@]*@", "//")) // without credentials
            .orElse("the default endpoint");
    return DropCountingSpanExporter.create(exporter, drops, endpoint);
  }

  /**
   * The same batch processor once more, with a meter that tells what does not fit its queue; that
   * of the SDK cannot be asked.
   */
  private SpanProcessor counting(SpanProcessor processor, ConfigProperties config) {
    if (!(processor instanceof BatchSpanProcessor batch)
        || !(batch.getSpanExporter() instanceof DropCountingSpanExporter exporter)) {
      return processor; // another customizer came first; what cannot be exported is counted still
    }
    BatchSpanProcessorBuilder again =
        BatchSpanProcessor.builder(exporter.handOver())
            .setMeterProvider(
                () -> DropCountingMeterProvider.create(drops, meterProviderOfTheSdk()))
            .setInternalTelemetryVersion(InternalTelemetryVersion.LATEST);
    ifSet(config.getDuration("otel.bsp.schedule.delay"), again::setScheduleDelay);
    ifSet(config.getInt("otel.bsp.max.queue.size"), again::setMaxQueueSize);
    ifSet(config.getInt("otel.bsp.max.export.batch.size"), again::setMaxExportBatchSize);
    ifSet(config.getDuration("otel.bsp.export.timeout"), again::setExporterTimeout);
    batch.shutdown(); // its thread; the exporter goes on
    return again.build();
  }

  private static <T> void ifSet(@Nullable T value, java.util.function.Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }

  private MeterProvider meterProviderOfTheSdk() {
    OpenTelemetry built = sdk;
    return built == null ? MeterProvider.noop() : built.getMeterProvider();
  }

  private static UnaryOperator<OtelBridge.Builder> options(ConfigProperties config) {
    DetachedWork detached = detachedWork(config);
    boolean path = config.getBoolean(PREFIX + "path.in.baggage", false);
    boolean blocks = config.getBoolean(PREFIX + "block.spans", true);
    boolean shutdowns = config.getBoolean(PREFIX + "shutdown.traces", true);
    Duration ticks = duration(config, "tick.interval", Duration.ofSeconds(1));
    Duration heartbeat = duration(config, "heartbeat.after", Duration.ofSeconds(5));
    return builder ->
        builder
            .detachedWork(detached)
            .pathInBaggage(path)
            .blockSpans(blocks)
            .shutdownTraces(shutdowns)
            .tickInterval(ticks)
            .heartbeatAfter(heartbeat);
  }

  private static DetachedWork detachedWork(ConfigProperties config) {
    String key = PREFIX + "detached.work";
    String value = config.getString(key);
    if (value == null) {
      return DetachedWork.OUTSIDE_THE_CREATORS_SCOPE;
    }
    try {
      return DetachedWork.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "%s is \"%s\"; it takes outside_the_creators_scope, long_lived_scopes or never"
              .formatted(key, value),
          e);
    }
  }

  private static Duration duration(ConfigProperties config, String name, Duration otherwise) {
    Duration value = config.getDuration(PREFIX + name, otherwise);
    if (value.isNegative()) {
      throw new ConfigurationException(
          "%s is %s; it takes zero or longer, as in 500ms or 10s".formatted(PREFIX + name, value));
    }
    return value;
  }

  @Override
  public void afterAutoConfigure(OpenTelemetrySdk built) {
    sdk = Objects.requireNonNull(built, "built");
    if (enabled) {
      bridge.set(options.apply(OtelBridge.builder(built)).install());
    }
  }

  /** The SDK ends. */
  private void close() {
    OtelBridge installed = bridge.getAndSet(null);
    if (installed != null) {
      installed.close();
    }
  }
}
