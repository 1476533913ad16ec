// SPDX-License-Identifier: Apache-2.0
/**
 * The task and its trace on every log line, for SLF4J and for Log4j 2. Each class needs its logging
 * library, which is an optional dependency.
 */
@NullMarked
package io.taskscope.otel.log;

import org.jspecify.annotations.NullMarked;
