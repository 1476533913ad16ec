// SPDX-License-Identifier: Apache-2.0
package io.taskscope.console.analysis;

import io.taskscope.console.recording.Names;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits by where and why. Bounded. For one thread. */
final class ParkGroups {
  private static final int MAX_GROUPS = 20_000;

  private record Key(String path, int reason, int blocker, int stack) {
    boolean is(String otherPath, int otherReason, int otherBlocker, int otherStack) {
      return stack == otherStack
          && reason == otherReason
          && blocker == otherBlocker
          && path.equals(otherPath);
    }
  }

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

  private final LongMap<Group> near = new LongMap<>();
  private @Nullable Group last;

  ParkGroups(Names names, Stacks stacks) {
    this.names = names;
    this.stacks = stacks;
  }

  void add(ScopeTotals scope, int reason, int blocker, int stack, long nanos, long task) {
    Group group = last;
    if (group == null || !group.key.is(scope.path(), reason, blocker, stack)) {
      group = find(scope, reason, blocker, stack);
      last = group;
    }
    if (nanos > group.waits.max() || group.longestTask == 0) {
      group.longestTask = task;
    }
    group.waits.add(nanos, 0);
  }

  private Group find(ScopeTotals scope, int reason, int blocker, int stack) {
    // 11 bits for paths, 17 for stacks, and names enough for every reason and most classes.
    long key =
        (scope.number() * 131_072L + stack) << 36 | (long) (reason & 0x3FFFF) << 18 | blocker;
    Group known = near.get(key);
    if (known == null || !known.key.is(scope.path(), reason, blocker, stack)) {
      known = groups.get(new Key(scope.path(), reason, blocker, stack));
      near.put(key, known);
    }
    return known;
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
