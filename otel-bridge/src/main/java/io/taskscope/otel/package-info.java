// SPDX-License-Identifier: Apache-2.0
/**
 * Connects the tree of scopes to OpenTelemetry: {@link io.taskscope.otel.OtelBridge} makes a span
 * of every task. Needs the OpenTelemetry API only.
 */
@NullMarked
package io.taskscope.otel;

import org.jspecify.annotations.NullMarked;
