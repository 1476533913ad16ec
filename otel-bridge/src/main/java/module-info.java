// SPDX-License-Identifier: Apache-2.0
/** A span per task, and the OpenTelemetry context of its creator inside it. */
module io.taskscope.otel {
  requires transitive io.opentelemetry.api;
  requires transitive io.taskscope;
  requires io.opentelemetry.context;

  // Only for io.taskscope.otel.sdk; who sets up an SDK has them.
  requires static io.opentelemetry.sdk;
  requires static io.opentelemetry.sdk.autoconfigure.spi;
  requires static io.opentelemetry.sdk.common;
  requires static io.opentelemetry.sdk.trace;

  // Only for io.taskscope.otel.log: one of them.
  requires static org.apache.logging.log4j;
  requires static org.slf4j;
  requires static org.jspecify;

  exports io.taskscope.otel;
  exports io.taskscope.otel.log;
  exports io.taskscope.otel.sdk;

  provides io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider with
      io.taskscope.otel.sdk.TaskscopeAutoConfiguration;
}
