// SPDX-License-Identifier: Apache-2.0
/**
 * For applications that set up the OpenTelemetry SDK themselves: parts that count the spans the SDK
 * loses into {@link io.taskscope.otel.SpanDrops}. The only package that needs {@code
 * opentelemetry-sdk-trace}, which is an optional dependency.
 */
@NullMarked
package io.taskscope.otel.sdk;

import org.jspecify.annotations.NullMarked;
