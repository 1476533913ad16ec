// SPDX-License-Identifier: Apache-2.0
/**
 * A web server whose every request, timer tick and background job is a task of a scope, with its
 * telemetry switched on: the example that {@code ./taskscope demo} runs.
 *
 * <p>To read it, begin with {@link io.taskscope.demo.WebTree}, which builds the tree, and {@link
 * io.taskscope.demo.App}, whose routes show the API; {@link io.taskscope.demo.Telemetry} is all
 * that connects it to JFR, Prometheus and OpenTelemetry.
 */
@NullMarked
package io.taskscope.demo;

import org.jspecify.annotations.NullMarked;
