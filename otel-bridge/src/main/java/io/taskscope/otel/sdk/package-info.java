// SPDX-License-Identifier: Apache-2.0
/**
 * What works with the OpenTelemetry SDK: the part its autoconfiguration finds, and, for
 * applications that set it up themselves, parts that count the spans it loses into {@link
 * io.taskscope.otel.SpanDrops}. The only package that needs {@code opentelemetry-sdk}, which is an
 * optional dependency.
 */
@NullMarked
package io.taskscope.otel.sdk;

import org.jspecify.annotations.NullMarked;
