// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Batch;
import io.taskscope.console.recording.EventKind;

/**
 * Gives the events of the JDK to scopes: each belongs to the task that its thread was in when the
 * event ended. For one thread.
 */
final class ThreadEvents {
  private final ScopeTable scopes;
  private final Stacks stacks;
  private final LiveTasks live;
  final StackWeights cpu = new StackWeights();
  final StackWeights cpuTime = new StackWeights();
  final StackWeights allocation = new StackWeights();

  ThreadEvents(ScopeTable scopes, Stacks stacks, LiveTasks live) {
    this.scopes = scopes;
    this.stacks = stacks;
    this.live = live;
  }

  void accept(EventKind kind, Batch batch, int i) {
    LiveTask task = live.current(batch.get(i, Batch.THREAD));
    ScopeTotals scope = task == null ? scopes.noTask : task.scope;
    long nanos = batch.get(i, Batch.DURATION);
    long first = batch.get(i, Slots.FIRST);
    switch (kind) {
      case EXECUTION_SAMPLE -> {
        scope.cpuSamples++;
        cpu.add(scope.number(), stack(batch, i), 1);
      }
      case CPU_TIME_SAMPLE -> {
        scope.cpuTimeSamples++;
        cpuTime.add(scope.number(), stack(batch, i), 1);
      }
      case ALLOCATION -> {
        scope.allocations.add(0, first);
        allocation.add(scope.number(), stack(batch, i), first);
      }
      case MONITOR_ENTER, MONITOR_WAIT, THREAD_PARK -> scope.locks.add(nanos, 0);
      case SOCKET_READ, SOCKET_WRITE -> scope.sockets.add(nanos, Math.max(0, first));
      case FILE_READ, FILE_WRITE -> scope.files.add(nanos, Math.max(0, first));
      case EXCEPTION -> scope.exceptions++; // every Error has one of these too
      case ERROR -> scope.errorsThrown++;
      case PINNED -> scope.pinned.add(nanos, 0);
      default -> throw new IllegalArgumentException(kind.name());
    }
  }

  private int stack(Batch batch, int i) {
    return stacks.number(batch.constants(), batch.get(i, Batch.STACK));
  }

  /** The better of the two kinds of samples that the recording has. */
  StackWeights cpuWeights() {
    return cpuTime.total() > 0 ? cpuTime : cpu;
  }
}
