// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Names;
import java.util.Comparator;
import java.util.List;

/** Waits by where and why. Bounded. For one thread. */
final class ParkGroups {
  private static final int MAX_GROUPS = 20_000;

  private record Key(String path, int reason, int blocker, int stack) {}

  private static final class Group {
    final Key key;
    final Tally waits = new Tally();
    long longestTask;

    Group(Key key) {
      this.key = key;
    }
  }

  private final Names names;
  private final Stacks stacks;
  private final Bounded<Key, Group> groups =
      new Bounded<>(
          MAX_GROUPS, new Key("(other)", Names.OTHER, Names.NONE, Stacks.NONE), Group::new);

  ParkGroups(Names names, Stacks stacks) {
    this.names = names;
    this.stacks = stacks;
  }

  void add(String path, int reason, int blocker, int stack, long nanos, long task) {
    Group group = groups.get(new Key(path, reason, blocker, stack));
    if (nanos > group.waits.max() || group.longestTask == 0) {
      group.longestTask = task;
    }
    group.waits.add(nanos, 0);
  }

  /** Those with the most time, the longest first. */
  List<ParkGroup> longest(int limit) {
    return groups.values().stream()
        .sorted(Comparator.comparingLong((Group group) -> group.waits.nanos()).reversed())
        .limit(limit)
        .map(
            group ->
                new ParkGroup(
                    group.key.path(),
                    names.text(group.key.reason()),
                    names.text(group.key.blocker()),
                    group.waits,
                    group.longestTask,
                    stacks.text(group.key.stack())))
        .toList();
  }

  long overflowed() {
    return groups.overflowed();
  }
}
