// SPDX-License-Identifier: Apache-2.0
/**
 * Meters by scope path on any Micrometer registry: bind {@link
 * io.taskscope.metrics.TaskscopeMetrics} and every scope shows how many tasks it runs, how they end
 * and how long they take. For Prometheus there are exemplars ({@link
 * io.taskscope.metrics.TaskSpanContext}) and a scrape endpoint ({@link
 * io.taskscope.metrics.ScrapeHandler}).
 */
@NullMarked
package io.taskscope.metrics;

import org.jspecify.annotations.NullMarked;
