// SPDX-License-Identifier: Apache-2.0
package io.taskscope;

/**
 * That a task shall end.
 *
 * @param outcome what becomes its outcome if it does
 * @param atNanos when it was asked for, by {@link System#nanoTime}
 */
record CancelRequest(Outcome.Cancelled outcome, long atNanos) {
  static CancelRequest now(Outcome.Cancelled outcome) {
    return new CancelRequest(outcome, System.nanoTime());
  }
}
