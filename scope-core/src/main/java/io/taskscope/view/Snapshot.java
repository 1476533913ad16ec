// SPDX-License-Identifier: Apache-2.0
package io.taskscope.view;

import java.time.Instant;

/**
 * A scope with everything below it, and when it was looked at.
 *
 * @param takenAt when the picture was begun, by the system clock
 * @param scope the scope that was asked
 */
public record Snapshot(Instant takenAt, ScopeView scope) {}
