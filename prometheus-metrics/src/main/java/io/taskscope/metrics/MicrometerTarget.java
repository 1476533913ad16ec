// SPDX-License-Identifier: Apache-2.0
package io.taskscope.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Any registry, with the meters Micrometer has. */
final class MicrometerTarget extends Target {
  MicrometerTarget(MeterRegistry registry) {
    super(registry);
  }

  @Override
  <S> Place addReading(TaskscopeMeter meter, Tags tags, S source, ToDoubleFunction<S> value) {
    String name = meter.meterName();
    String description = meter.description();
    var made =
        switch (meter.type()) {
          case COUNTER ->
              FunctionCounter.builder(name, source, value)
                  .description(description)
                  .baseUnit(meter.baseUnit())
                  .tags(tags)
                  .register(registry);
          case GAUGE, INFO ->
              meter.isTime()
                  ? TimeGauge.builder(name, source, TimeUnit.SECONDS, value)
                      .description(description)
                      .tags(tags)
                      .register(registry)
                  : Gauge.builder(name, source, value)
                      .description(description)
                      .tags(tags)
                      .register(registry);
          case HISTOGRAM -> throw new IllegalArgumentException(meter + " is not read but recorded");
        };
    return () -> registry.remove(made);
  }

  Timer addTimer(TaskscopeMeter meter, Tags tags) {
    return Timer.builder(meter.meterName())
        .description(meter.description())
        .tags(tags)
        .serviceLevelObjectives(TaskscopeMetrics.buckets())
        .register(registry);
  }

  @Override
  void close() {}
}
