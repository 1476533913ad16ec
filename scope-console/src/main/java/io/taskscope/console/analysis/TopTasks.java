// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/** The tasks with the largest keys, up to a limit. For one thread. */
final class TopTasks {
  private final int limit;
  private final PriorityQueue<Entry> smallestFirst =
      new PriorityQueue<>(Comparator.comparingLong(Entry::key));

  private record Entry(long key, TaskRecord task) {}

  TopTasks(int limit) {
    this.limit = limit;
  }

  void offer(long key, Supplier<TaskRecord> task) {
    Entry smallest = smallestFirst.peek();
    if (smallest != null && smallestFirst.size() >= limit) {
      if (key <= smallest.key()) {
        return;
      }
      smallestFirst.remove();
    }
    smallestFirst.add(new Entry(key, task.get()));
  }

  /** The largest first. */
  List<TaskRecord> list() {
    return smallestFirst.stream()
        .sorted(
            Comparator.comparingLong(Entry::key)
                .reversed()
                .thenComparingLong(entry -> entry.task().id()))
        .map(Entry::task)
        .toList();
  }
}
