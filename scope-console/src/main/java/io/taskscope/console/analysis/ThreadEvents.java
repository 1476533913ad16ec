// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Batch;
import io.taskscope.console.recording.EventKind;
import io.taskscope.console.recording.LongIntMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives the events of the JDK to scopes: each belongs to the task that its thread was in when the
 * event ended. For one thread.
 *
 * <p>But JDK 25 writes {@code jdk.JavaExceptionThrow} and {@code jdk.JavaErrorThrow} with the time
 * at which the chunk began. They belong to the scope of the tasks on their thread, if these have
 * just one: always so on virtual threads, which have one task each.
 */
final class ThreadEvents {
  private final ScopeTable scopes;
  private final Stacks stacks;
  private final LiveTasks live;
  private @Nullable Batch seen;
  private LongIntMap scopeOfThread = new LongIntMap();
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
      case EXCEPTION -> thrownIn(batch, i, scope).exceptions++; // every Error has one of these too
      case ERROR -> thrownIn(batch, i, scope).errorsThrown++;
      case PINNED -> scope.pinned.add(nanos, 0);
      default -> throw new IllegalArgumentException(kind.name());
    }
  }

  private ScopeTotals thrownIn(Batch batch, int i, ScopeTotals otherwise) {
    if (seen != batch) {
      seen = batch;
      seeThreads(batch);
    }
    int known = scopeOfThread.get(batch.get(i, Batch.THREAD));
    return known == LongIntMap.ABSENT || known == scopes.noTask.number()
        ? otherwise
        : scopes.byNumber(known);
  }

  /** Finds the scope of each thread; that of no task where it is in several. */
  private void seeThreads(Batch batch) {
    scopeOfThread = new LongIntMap();
    for (int i = 0; i < batch.size(); i++) {
      EventKind kind = batch.kind(i);
      if (kind == EventKind.TASK_START
          || (kind == EventKind.TASK && batch.get(i, Batch.DURATION) > 0)) {
        long thread = batch.get(i, Batch.THREAD);
        int scope = scopes.get(batch.get(i, Slots.TASK_PATH)).number();
        int known = scopeOfThread.get(thread);
        scopeOfThread.put(
            thread, known == LongIntMap.ABSENT || known == scope ? scope : scopes.noTask.number());
      }
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
