// SPDX-License-Identifier: Apache-2.0
/** An OTLP receiver for tests of this module and of whatever exports through it. */
@NullMarked
package io.taskscope.otel.testing;

import org.jspecify.annotations.NullMarked;
