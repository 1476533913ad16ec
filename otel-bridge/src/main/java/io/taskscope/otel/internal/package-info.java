// SPDX-License-Identifier: Apache-2.0
/** What the packages of the bridge share and nobody else sees. */
@NullMarked
package io.taskscope.otel.internal;

import org.jspecify.annotations.NullMarked;
