// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import org.jspecify.annotations.Nullable;

/** A task that has begun and not ended, at the point that the analysis has reached. */
final class LiveTask {
  final long id;
  final long parentId;
  final boolean parentSeen;
  final ScopeTotals scope;
  final int name;
  final long begin; // where it was first seen on its thread
  final long created;
  long thread;

  /** The task around it on the same thread. */
  @Nullable LiveTask outer;

  boolean ended;
  boolean abandoned;
  long parkedRecorded;

  // As last told by TaskLive; 0 before.
  long toldAt;
  long queued;
  long running;
  long parked;
  long steps;

  LiveTask(
      long id,
      long parentId,
      boolean parentSeen,
      ScopeTotals scope,
      int name,
      long begin,
      long created,
      long thread) {
    this.id = id;
    this.parentId = parentId;
    this.parentSeen = parentSeen;
    this.scope = scope;
    this.name = name;
    this.begin = begin;
    this.created = created;
    this.thread = thread;
  }
}
