// SPDX-License-Identifier: Apache-2.0
/**
 * The Grafana dashboards, written in Java so that what they share exists once, and the program that
 * writes them as JSON. Nothing here is used at run time of an application.
 */
@NullMarked
package io.taskscope.dashboards;

import org.jspecify.annotations.NullMarked;
