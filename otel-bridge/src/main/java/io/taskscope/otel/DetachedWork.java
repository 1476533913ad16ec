// SPDX-License-Identifier: Apache-2.0
package io.taskscope.otel;

/**
 * When a task that is spawned inside a span begins a trace of its own, with a <em>link</em> to that
 * span, in place of being its child. A trace should end with the request it is about; work that
 * goes on without it is another story, which the link leads to.
 *
 * <p>Whatever is chosen, a called task is a child of the span it is called in, an adopted task of
 * the span of the thread that started it, and a task of a block is never detached.
 */
public enum DetachedWork {
  /**
   * A task spawned into a scope that lies neither in nor below the scope of its creator, such as a
   * request in {@code /web/handlers} that leaves a mail to {@code /web/background}: nothing that
   * belongs to the creator waits for it. The default.
   */
  OUTSIDE_THE_CREATORS_SCOPE,
  /** Every task spawned into a scope made by {@code root} or {@code child}. */
  LONG_LIVED_SCOPES,
  /** None. */
  NEVER
}
