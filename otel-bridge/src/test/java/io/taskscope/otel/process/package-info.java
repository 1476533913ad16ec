// SPDX-License-Identifier: Apache-2.0
/** Tests with services in processes of their own. */
package io.taskscope.otel.process;
